import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  type Cluster,
  type ClusterOptions,
  startCluster,
} from "../../src/testing/mod.ts";
import { runtimeArgs } from "../support/podwire_command.ts";
import { observeChild } from "../support/observed_child.ts";

/** The result of a program. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program. */
export interface Running {
  readonly ended: Promise<Ran>;
  /** The first line of its stdout. */
  readonly firstLine: Promise<string>;
  kill(): void;
}

/** Starts an example on the current runtime, as a user would. */
export function startExample(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Running {
  const path = fileURLToPath(
    new URL(`../../examples/${name}`, import.meta.url),
  );
  const child = observeChild(
    spawn(process.execPath, [...runtimeArgs(), path, ...args], {
      env: { ...process.env, ...env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  let [stdout, stderr] = ["", ""];
  const line = Promise.withResolvers<string>();
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    if (stdout.includes("\n")) line.resolve(stdout.split("\n")[0] ?? "");
  });
  child.stderr.on("data", (chunk) => stderr += chunk);
  const ended = new Promise<Ran>((resolve) => {
    child.on("close", (code) => {
      line.resolve(stdout);
      resolve({ code, stdout, stderr });
    });
  });
  return {
    ended,
    firstLine: line.promise,
    kill: () => void child.kill("SIGTERM"),
  };
}

/** Runs `body` with the kubeconfig of an embedded cluster. */
export async function withKubeconfig(
  body: (
    env: Readonly<Record<string, string>>,
    cluster: Cluster,
  ) => Promise<void>,
  options?: ClusterOptions,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "podwire-example-"));
  const cluster = await startCluster(options);
  try {
    const path = join(folder, "kubeconfig");
    await cluster.writeKubeconfig(path);
    await body({ KUBECONFIG: path }, cluster);
  } finally {
    await cluster.close();
    await rm(folder, { recursive: true });
  }
}
