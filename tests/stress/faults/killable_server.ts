import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import type { ClientOptions } from "../../../mod.ts";
import { webTransport } from "../../../src/adapters/web/mod.ts";
import type { TransportKind } from "../../backends/backend.ts";
import type { UpstreamServer } from "../../backends/upstream.ts";
import { trustedAuthority } from "../../harness/authority.ts";
import { observeChild } from "../../support/observed_child.ts";

/** A separate upstream server that a test may kill. */
export interface KillableServer {
  /** Options to reach the server; new ones for each client. */
  options(transport: TransportKind): ClientOptions;
  /** Kills the server with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Why there is no such server; undefined when there is. */
export const missing: string | undefined =
  process.env.PODWIRE_UPSTREAM_PROGRAM === undefined
    ? process.env.PODWIRE_UPSTREAM_MISSING ?? "no upstream server was built"
    : undefined;

/** Starts the server that the runner has built. */
export async function startKillableServer(): Promise<KillableServer> {
  const { PODWIRE_UPSTREAM_PROGRAM: program, PODWIRE_TEST_CA } = process.env;
  const { certificate } = await trustedAuthority();
  const child = observeChild(
    spawn(program!, ["--authority", PODWIRE_TEST_CA!], {
      stdio: ["pipe", "pipe", "ignore"],
    }),
  );
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const { servers, tokens }: UpstreamServer = JSON.parse(await line(child));
  const reach = {
    server: servers.translated,
    token: tokens.admin,
    namespace: "default",
  };
  return {
    options: (transport) =>
      transport === "web"
        ? { ...reach, transport: webTransport() }
        : { ...reach, certificateAuthority: certificate },
    async kill() {
      await stopAllThreads(child);
      child.kill("SIGKILL");
      await gone;
      // Not earlier: at the end of its stdin the server shuts down in order.
      child.stdin!.destroy();
    },
  };
}

/**
 * Stops all threads first: SIGKILL ends them one by one, and the last could still
 * report the end of another's child processes.
 */
async function stopAllThreads(
  { pid, exitCode, signalCode }: ChildProcess,
): Promise<void> {
  if (exitCode !== null || signalCode !== null) return;
  process.kill(pid!, "SIGSTOP");
  while (!threadStates(pid!).every((state) => state === "T")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** From the third field of proc(5)'s stat. */
function threadStates(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
      return [stat[stat.lastIndexOf(")") + 2]!];
    } catch {
      return []; // The thread has ended meanwhile.
    }
  });
}

function line(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) resolve(text);
    });
    child.once("close", () => reject(new Error("the server did not start")));
  });
}
