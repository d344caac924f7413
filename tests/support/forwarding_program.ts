import { spawn } from "node:child_process";
import process from "node:process";
import { observe } from "../harness/observations.ts";
import { observeChild } from "./observed_child.ts";
import { DENO_DIR } from "./run_program.ts";

/** A program that forwards ports until it is told to end. */
export interface ForwardingProgram {
  /**
   * Resolves with the first match in all of an output, once there is one. The
   * message of the test's timeout names a pattern that never comes.
   */
  said(name: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the first local port of 127.0.0.1. */
  localPort(): Promise<number>;
  /** Sends a signal; resolves when the program has ended. */
  end(signal: NodeJS.Signals): Promise<ProgramEnd>;
}

/** How a program has ended. */
export interface ProgramEnd {
  /** Null if a signal has ended it. */
  readonly code: number | null;
  /** From the signal to the end, in milliseconds. */
  readonly duration: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program, and kills it after `body`. */
export async function withForwardingProgram<T>(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  body: (program: ForwardingProgram) => Promise<T>,
): Promise<T> {
  const child = observeChild(spawn(program, args, {
    env: { ...process.env, DENO_DIR, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  }));
  const output = { stdout: "", stderr: "" };
  /** What looks at the output whenever it grows, and at the end. */
  const looks = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new TextDecoder();
    child[name].on("data", (chunk: Uint8Array) => {
      output[name] += decoder.decode(chunk, { stream: true });
      for (const look of [...looks]) look();
    });
  }
  let isOver = false;
  let code: number | null = null;
  const closed = new Promise<void>((resolve) => {
    child.once("close", (exitCode) => {
      isOver = true;
      code = exitCode;
      for (const look of [...looks]) look();
      resolve();
    });
  });
  const said: ForwardingProgram["said"] = async (name, pattern) => {
    const forget = observe({
      describe: () => `waits for ${pattern} in ${name} of ${program}`,
    });
    const { promise, resolve, reject } = Promise.withResolvers<
      RegExpExecArray
    >();
    const look = () => {
      const found = pattern.exec(output[name]);
      if (found !== null) return resolve(found);
      if (!isOver) return;
      const { stdout, stderr } = output;
      const words = JSON.stringify({ code, stdout, stderr });
      reject(new Error(`${program} ended without ${pattern}: ${words}`));
    };
    looks.add(look);
    try {
      look();
      return await promise;
    } finally {
      looks.delete(look);
      forget();
    }
  };
  try {
    return await body({
      said,
      async localPort() {
        const pattern = /Forwarding from 127\.0\.0\.1:(\d+)/;
        const [, port] = await said("stdout", pattern);
        return Number(port);
      },
      async end(signal) {
        const begun = performance.now();
        // With the child's own `kill`, Deno takes any end for the signal's.
        process.kill(child.pid!, signal);
        const forget = observe({
          describe: () => `waits for the end of ${program} after ${signal}`,
        });
        await closed;
        forget();
        const duration = performance.now() - begun;
        return { code, duration, ...output };
      },
    });
  } finally {
    child.kill("SIGKILL");
    await closed;
  }
}
