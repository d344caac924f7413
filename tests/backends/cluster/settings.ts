import { parseArgs } from "node:util";
import type { ImageOptions } from "../cluster_pod.ts";
import { type RuntimeName, runtimeNames } from "../../tools/runner/runtimes.ts";

/** The options of `deno task test:cluster`. */
export interface ClusterSettings {
  /** Defaults to the kubeconfig's current context. */
  readonly context: string | undefined;
  readonly image: ImageOptions;
  readonly runtimes: readonly RuntimeName[];
  /** A regular expression that test names must match. */
  readonly filter: string | undefined;
}

/** The help text. */
export const USAGE = `usage: deno task test:cluster [OPTIONS]

Runs the conformance tests on the cluster of the current kubeconfig context, in a
namespace of its own, which it removes at the end.

  --context NAME             another context    PODWIRE_CLUSTER_CONTEXT
  --image NAME               busybox            PODWIRE_CLUSTER_IMAGE
  --image-pull-policy NAME   the cluster's own  PODWIRE_CLUSTER_PULL_POLICY
  --runtimes NAME,NAME       deno               PODWIRE_CLUSTER_RUNTIMES
  --filter REGEX             the test cases to run

Runtimes: all, or some of ${runtimeNames.join(", ")}.`;

/**
 * Reads the options, then the environment, then the defaults.
 *
 * @throws {TypeError} An option or a runtime does not exist.
 */
export function readSettings(
  args: readonly string[],
  env: { get(name: string): string | undefined },
): ClusterSettings {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      context: { type: "string" },
      image: { type: "string" },
      "image-pull-policy": { type: "string" },
      runtimes: { type: "string" },
      filter: { type: "string" },
    },
  });
  const setting = (option: string | undefined, name: string) =>
    option ?? (env.get(`PODWIRE_CLUSTER_${name}`) || undefined);
  return {
    context: setting(values.context, "CONTEXT"),
    image: {
      image: setting(values.image, "IMAGE") ?? "busybox",
      imagePullPolicy: setting(values["image-pull-policy"], "PULL_POLICY"),
    },
    runtimes: runtimesOf(setting(values.runtimes, "RUNTIMES") ?? "deno"),
    filter: values.filter,
  };
}

function runtimesOf(list: string): readonly RuntimeName[] {
  if (list === "all") return runtimeNames;
  return list.split(",").map((name) => {
    const runtime = runtimeNames.find((known) => known === name);
    if (runtime !== undefined) return runtime;
    throw new TypeError(`There is no runtime "${name}": ${runtimeNames}`);
  });
}
