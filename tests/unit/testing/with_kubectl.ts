import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { executableProblem } from "../../../src/testing/containers/executable.ts";
import { type Cluster, startCluster } from "../../../src/testing/mod.ts";
import {
  KUBECTL_TRIES,
  kubectlLostOutput,
} from "../../support/kubectl_output_loss.ts";
import { shared } from "../../harness/rotation.ts";
import { runtime } from "../../harness.ts";
import { type ProgramResult, runProgram } from "../../support/run_program.ts";

const PATH = process.env.PATH ?? "";

/** The options of a test that needs kubectl. */
export const crossCheck = {
  skip: executableProblem("kubectl", PATH) === null
    ? undefined
    : "there is no kubectl on this machine",
  crossCheck: true,
  shared: true,
};

const isNode24 = runtime === "node" && parseInt(process.versions.node) === 24;

/**
 * The options of a test that needs kubectl, and shows the same on every runtime:
 * one is enough, in CI too.
 */
export const crossCheckOnce = {
  ...crossCheck,
  skip: crossCheck.skip ??
    (shared || isNode24 ? undefined : "the tests on Node 24 ask kubectl"),
};

/** Runs kubectl with some arguments. */
export type Kubectl = (
  args: readonly string[],
  stdin?: string | Uint8Array,
) => Promise<ProgramResult>;

/**
 * Runs kubectl, again where it has lost something.
 *
 * @param again What is waited for before that, told how often it has run.
 */
export async function runKubectl(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin?: string | Uint8Array,
  again: (tries: number) => Promise<void> = () => Promise.resolve(),
): Promise<ProgramResult> {
  for (let tries = 1;; tries++) {
    const ran = await runProgram("kubectl", args, env, stdin);
    if (tries === KUBECTL_TRIES || !kubectlLostOutput(ran.stderr)) return ran;
    await again(tries);
  }
}

/** Runs `body` with a kubectl that talks to a cluster of its own. */
export async function withKubectl(
  body: (
    kubectl: Kubectl,
    env: Readonly<Record<string, string>>,
    cluster: Cluster,
  ) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "podwire-kubectl-"));
  const cluster = await startCluster({ startupDelay: 10 });
  const env = { KUBECONFIG: join(folder, "config"), HOME: folder };
  try {
    await cluster.writeKubeconfig(env.KUBECONFIG);
    const kubectl: Kubectl = (args, stdin) => runKubectl(args, env, stdin);
    await body(kubectl, env, cluster);
  } finally {
    await cluster.close();
    await rm(folder, { recursive: true });
  }
}
