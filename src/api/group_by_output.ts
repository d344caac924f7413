import type { PodResult } from "./exec_run_all.ts";
import type { ExecResult } from "./exec_result.ts";

/** The pods in which a command ended alike. */
export interface OutputGroup {
  /** The names of the pods, sorted. */
  readonly pods: readonly string[];
  /** The result of one of them; null if there was none. */
  readonly result: ExecResult | null;
  /** The error of one of them; null if there is a result. */
  readonly error: Error | null;
}

/**
 * Groups the results of `exec.runAll`: pods with the same exit code, stdout and
 * stderr, and pods that failed with the same error, apart from the pod's name
 * in it. The largest group comes first.
 *
 * An asynchronous iterable is read as its results come; one result of each group
 * is kept.
 *
 * @example Which pods differ?
 * ```ts
 * import { Api, createClient, groupByOutput, Pod } from "@podwire/podwire";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * const command = ["cat", "/etc/hostname"];
 * const results = pods.exec.runAll({ labelSelector: "app=web" }, { command });
 * for (const { pods, result, error } of await groupByOutput(results)) {
 *   console.log(pods.join(", "), result?.text() ?? error);
 * }
 * await client.close();
 * ```
 */
export function groupByOutput(results: Iterable<PodResult>): OutputGroup[];
/** The same for results as they come. */
export function groupByOutput(
  results: AsyncIterable<PodResult>,
): Promise<OutputGroup[]>;
export function groupByOutput(
  results: Iterable<PodResult> | AsyncIterable<PodResult>,
): OutputGroup[] | Promise<OutputGroup[]> {
  const groups = new Groups();
  if (Symbol.iterator in results) {
    for (const result of results) groups.add(result);
    return groups.sorted();
  }
  return (async () => {
    for await (const result of results) groups.add(result);
    return groups.sorted();
  })();
}

class Groups {
  readonly #groups: { first: PodResult; pods: string[] }[] = [];

  add(result: PodResult): void {
    const group = this.#groups.find(({ first }) => isAlike(first, result));
    if (group !== undefined) group.pods.push(result.pod);
    else this.#groups.push({ first: result, pods: [result.pod] });
  }

  sorted(): OutputGroup[] {
    return this.#groups
      .map(({ first: { result, error }, pods }) => ({
        pods: pods.sort(byNumbers.compare),
        result,
        error,
      }))
      .sort((a, b) => b.pods.length - a.pods.length);
  }
}

/** `web-2` comes before `web-10`. */
const byNumbers = new Intl.Collator("en", { numeric: true });

function isAlike(a: PodResult, b: PodResult): boolean {
  if (a.error !== null || b.error !== null) {
    return a.error !== null && b.error !== null &&
      a.error.name === b.error.name && messageOf(a) === messageOf(b);
  }
  return a.result.exitCode === b.result.exitCode &&
    isEqual(a.result.stdout, b.result.stdout) &&
    isEqual(a.result.stderr, b.result.stderr);
}

/** Without the pod's name, which is in most messages. */
function messageOf({ pod, error }: PodResult): string {
  return String(error?.message).replaceAll(pod, "");
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  for (let index = 0; index < a.byteLength; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}
