import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { executableProblem } from "../../src/testing/containers/executable.ts";
import { observeChild } from "./observed_child.ts";
import type { PemPair } from "../../src/testing/certificates/certificates.ts";

/** Why openssl cannot run here; undefined when it can. */
export const missingOpenssl: string | undefined =
  executableProblem("openssl", process.env.PATH ?? "") === null
    ? undefined
    : "there is no openssl on this machine";

/**
 * Runs `body` while `openssl s_server` answers HTTP on a port of 127.0.0.1.
 *
 * @param args Further options, for example `-tls1_2`.
 */
export async function withOpensslServer(
  pair: PemPair,
  authority: string,
  args: readonly string[],
  body: (port: number) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "podwire-openssl-"));
  const files = {
    "server.crt": pair.certificate,
    "server.key": pair.key,
    "ca.crt": authority,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
  }
  const child = observeChild(spawn("openssl", [
    ...["s_server", "-accept", "127.0.0.1:0", "-www"],
    ...["-cert", "server.crt", "-key", "server.key", "-CAfile", "ca.crt"],
    ...args,
  ], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] }));
  const ended = new Promise<void>((resolve) => child.on("close", resolve));
  try {
    await body(await portOf(child.stdout, ended));
  } finally {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  }
}

/** openssl prints `ACCEPT 127.0.0.1:port` when it listens. */
function portOf(
  stdout: NodeJS.ReadableStream,
  ended: Promise<void>,
): Promise<number> {
  let output = "";
  return new Promise((resolve, reject) => {
    ended.then(() => reject(new Error(`openssl ended: ${output}`)));
    stdout.on("data", (chunk) => {
      output += chunk;
      const [, port] = /^ACCEPT .*:(\d+)$/m.exec(output) ?? [];
      if (port) resolve(Number(port));
    });
  });
}
