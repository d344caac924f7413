import type { Buffer } from "node:buffer";
import process from "node:process";
import { executableProblem } from "../../../src/testing/containers/executable.ts";
import type { TerminalSize } from "../../../mod.ts";
import {
  resizeTerminal,
  spawnInTerminal,
} from "../../../src/testing/containers/terminal.ts";
import { type CollectedText, collectText } from "../../support/collect_text.ts";
import { observeChild } from "../../support/observed_child.ts";

/** A program in a pseudo-terminal that the test types at. */
export interface LocalPty {
  /** The output so far. */
  readonly screen: CollectedText;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  type(keys: string): void;
  resize(size: TerminalSize): Promise<void>;
}

/** Why this machine has no pseudo-terminals; undefined if it has. */
export const noPty: string | undefined =
  executableProblem("script", process.env.PATH ?? "") ?? undefined;

/** Starts a shell script; `"$@"` are the arguments. */
export function openPty(
  line: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  size: TerminalSize = { width: 120, height: 40 },
): LocalPty {
  const child = observeChild(spawnInTerminal({
    argv: ["sh", "-c", line, "sh", ...args],
    env: { ...process.env as Record<string, string>, ...env, TERM: "xterm" },
    cwd: undefined,
  }, size));
  const output = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      child.stdout!.on("data", (chunk: Buffer) => {
        controller.enqueue(new Uint8Array(chunk));
      });
      child.stdout!.on("end", () => controller.close());
    },
  });
  child.stderr!.resume();
  // At the end of its stdin `script` would type ctrl-d.
  child.once("exit", () => child.stdin!.destroy());
  child.stdin!.on("error", () => {});
  return {
    screen: collectText(output),
    ended: new Promise((resolve) => child.once("close", resolve)),
    type: (keys) => void child.stdin!.write(keys),
    resize: (size) => resizeTerminal(child, size),
  };
}
