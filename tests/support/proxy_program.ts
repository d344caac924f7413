import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { connect } from "node:net";
import { executableProblem } from "../../src/testing/containers/executable.ts";
import { closedPort } from "./byte_server.ts";
import { observeChild } from "./observed_child.ts";

/** How long a program may take to listen, in milliseconds. */
const START = 10_000;

/** Debian installs some proxies in /usr/sbin. */
const PATH = `${process.env.PATH ?? ""}:/usr/sbin`;

/** A third-party proxy program. */
export interface ProxyProgram {
  readonly name: string;
  /** The schemes of its URL. */
  readonly schemes: readonly ("http" | "https" | "socks5")[];
  /** Its arguments, and the files they refer to, by name. */
  configure(settings: ProxySettings): {
    readonly args: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
  };
}

/** Configuration of a proxy. */
export interface ProxySettings {
  readonly scheme: string;
  readonly port: number;
  /** The folder of its files. */
  readonly folder: string;
  /** Required credentials; null allows everyone. */
  readonly login: { readonly user: string; readonly password: string } | null;
  /** For https: proxies. */
  readonly certificate: string;
  readonly key: string;
}

/** Why a program cannot be run here; undefined when it can. */
export function missingProgram(name: string): string | undefined {
  return executableProblem(name, PATH) === null
    ? undefined
    : `there is no ${name} on this machine`;
}

/** Runs `body` while the program listens on a port of 127.0.0.1. */
export async function withProxyProgram(
  program: ProxyProgram,
  settings: Omit<ProxySettings, "port" | "folder">,
  body: (url: URL) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "podwire-proxy-"));
  // The program may drop privileges, and must still read its files.
  await chmod(folder, 0o755);
  const port = await closedPort();
  const { args, files = {} } = program.configure({ ...settings, folder, port });
  const { certificate, key } = settings;
  const all = { ...files, "proxy.crt": certificate, "proxy.key": key };
  for (const [name, text] of Object.entries(all)) {
    await writeFile(join(folder, name), text, { mode: 0o755 });
  }
  const child = observeChild(spawn(program.name, args, {
    env: { ...process.env, PATH },
    stdio: ["ignore", "ignore", "pipe"],
  }));
  let stderr = "";
  child.stderr.on("data", (chunk) => stderr += chunk);
  const ended = new Promise<void>((resolve) => child.on("close", resolve));
  try {
    await listening(port, () => {
      if (child.exitCode === null) return;
      throw new Error(
        `${program.name} ended with ${child.exitCode}: ${stderr}`,
      );
    });
    await body(new URL(`${settings.scheme}://127.0.0.1:${port}`));
  } finally {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  }
}

async function listening(port: number, check: () => void): Promise<void> {
  const deadline = performance.now() + START;
  while (!await accepts(port)) {
    check();
    if (performance.now() > deadline) {
      throw new Error("the proxy does not listen");
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      socket.once("close", () => resolve(true));
    });
    socket.once("error", () => resolve(false));
  });
}
