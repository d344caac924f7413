import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import type { ClientOptions } from "../../mod.ts";
import { webTransport } from "../../src/adapters/web.ts";
import type { Way } from "../grounds/ground.ts";
import type { UpstreamServer } from "../grounds/upstream.ts";
import { trustedAuthority } from "../harness/authority.ts";

/** An upstream server of one's own, to be killed. */
export interface KillableServer {
  /** How to reach it, new ones for each client. */
  options(way: Way): ClientOptions;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Why there is none; undefined when there is. */
export const missing: string | undefined =
  process.env.PODWIRE_UPSTREAM_PROGRAM === undefined
    ? process.env.PODWIRE_UPSTREAM_MISSING ?? "no upstream server was built"
    : undefined;

/** Starts the server that the runner has built. */
export async function startKillableServer(): Promise<KillableServer> {
  const { PODWIRE_UPSTREAM_PROGRAM: program, PODWIRE_TEST_CA } = process.env;
  const { certificate } = await trustedAuthority();
  const child = spawn(program!, ["--authority", PODWIRE_TEST_CA!], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const gone = new Promise((resolve) => child.once("close", resolve));
  const { servers, tokens }: UpstreamServer = JSON.parse(await line(child));
  const reach = {
    server: servers.translated,
    token: tokens.admin,
    namespace: "default",
  };
  return {
    options: (way) =>
      way === "web"
        ? { ...reach, transport: webTransport() }
        : { ...reach, certificateAuthority: certificate },
    async kill() {
      child.kill("SIGKILL");
      child.stdin!.destroy();
      await gone;
    },
  };
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
