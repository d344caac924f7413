import { checkOptions, type OptionNames } from "../options.ts";
import {
  type ExecRunOptions,
  RUN_OPTIONS,
  runRequest,
} from "../request/exec_options.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import type { ExecResult } from "./exec_result.ts";
import { runCommand } from "./exec_run.ts";
import { Merge } from "./merge.ts";
import { prepareOn } from "./subresource_call.ts";
import type { TargetCall } from "./targets/resolve.ts";
import { parseTarget } from "./targets/target.ts";
import { iterateOperation } from "./watch/cancellable_iterator.ts";

/** Options of `exec.runAll`. */
export interface ExecRunAllOptions extends Omit<ExecRunOptions, "stdin"> {
  /**
   * The input of each command: null opens no stdin; anything else is written,
   * then stdin is closed. A stream could be read only once.
   *
   * @default {null}
   */
  readonly stdin?: null | Uint8Array | string;
  /**
   * The most commands at once, results that were not read included: memory is
   * bounded by `concurrency` times twice `maxBuffer`.
   *
   * @default {16}
   */
  readonly concurrency?: number;
}

/** How the command of `exec.runAll` ended in one pod. */
export type PodResult =
  | {
    /** The pod's name. */
    readonly pod: string;
    /** As of `exec.run`; its exit code may be other than 0. */
    readonly result: ExecResult;
    readonly error: null;
  }
  | {
    /** The pod's name. */
    readonly pod: string;
    readonly result: null;
    /** Why there is no result: what `exec.run` would have thrown. */
    readonly error: Error;
  };

const OPTIONS: OptionNames<ExecRunAllOptions> = {
  ...RUN_OPTIONS,
  concurrency: true,
};

const CONCURRENCY = 16;

/**
 * Runs a command in every pod of a target; see `ExecAccessor.runAll`. Nothing is
 * sent before the first result is requested.
 *
 * @throws {TypeError | RangeError} The target or an option is invalid.
 */
export function runInAll(
  context: CallContext,
  given: Target,
  options: ExecRunAllOptions,
): AsyncIterableIterator<PodResult> {
  const target = parseTarget(given, context.resource, "exec in");
  const action = `exec in ${target.text}`;
  checkOptions(options, OPTIONS, action);
  const { concurrency = CONCURRENCY, ...each } = options;
  if (
    concurrency !== Infinity &&
    !(Number.isInteger(concurrency) && concurrency > 0)
  ) {
    throw new RangeError(
      `Cannot ${action}: the concurrency ${concurrency} is not a whole number above 0`,
    );
  }
  const { stdin = null } = each;
  if (
    stdin !== null && typeof stdin !== "string" && !ArrayBuffer.isView(stdin)
  ) {
    throw new TypeError(
      `Cannot ${action}: stdin must be null, a string or bytes, since each pod reads all of it`,
    );
  }
  runRequest(action, each);
  prepareOn(context, "exec", target, action, each);
  return iterateOperation({
    client: context.client,
    action,
    signal: options.signal,
    async *values(signal) {
      const { namespace } = each;
      const call = { context, target, action, namespace, signal };
      const names = await podNames(call);
      const sources = names.map((pod) =>
        resultOf(context, pod, { ...each, signal })
      );
      yield* asTheyEnd(sources, concurrency);
    },
  });
}

async function podNames(call: TargetCall): Promise<string[]> {
  if (call.target.kind === "pod") return [call.target.name];
  const { resolveAll } = await import("./targets/resolve.ts");
  return (await resolveAll(call)).map(({ metadata }) => metadata.name);
}

/** The one result of a pod, once it is requested. */
async function* resultOf(
  context: CallContext,
  pod: string,
  options: ExecRunOptions & { readonly signal: AbortSignal },
): AsyncGenerator<PodResult, void> {
  let result: ExecResult;
  try {
    result = await runCommand(context, pod, options);
  } catch (error) {
    options.signal.throwIfAborted();
    return yield { pod, result: null, error: error as Error };
  }
  yield { pod, result, error: null };
}

/** Starts the next source only when the result of another was read. */
async function* asTheyEnd(
  sources: AsyncGenerator<PodResult, void>[],
  concurrency: number,
): AsyncGenerator<PodResult, void> {
  const merge = new Merge<PodResult>();
  const waiting = sources.values();
  const start = (count: number): void => {
    for (; count > 0; count--) {
      const { done, value } = waiting.next();
      if (done) return;
      merge.add(value);
    }
  };
  try {
    start(concurrency);
    for await (const result of merge.values()) {
      yield result;
      start(1);
    }
  } finally {
    await merge.close();
  }
}
