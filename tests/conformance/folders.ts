// Folders in containers, for the cases of files.
import { assertEquals } from "@std/assert";
import { ExecFailedError } from "../../mod.ts";
import { type CaseOptions, type Fixture, testCase } from "./fixture.ts";

/** A folder of a container, and what is in it. */
export interface Folder {
  readonly pod: string;
  readonly path: string;
  /** Runs a script in the folder; returns its output. */
  sh(script: string, ...parameters: string[]): Promise<string>;
  /** The names in the folder, hidden ones too, as `ls -A` sorts them. */
  names(): Promise<string>;
}

/** Registers a case that has a folder of a container, removed afterwards. */
export function fileCase(
  name: string,
  body: (fixture: Fixture, folder: Folder) => Promise<void>,
  options: CaseOptions = {},
): void {
  testCase(`files: ${name}`, async (fixture) => {
    const pod = await fixture.pod();
    const run = async (script: string, ...parameters: string[]) => {
      const command = ["sh", "-c", script, "sh", ...parameters];
      const result = await fixture.pods.exec.run(pod, { command });
      return result.throwIfFailed().text();
    };
    const path = (await run("mktemp -d")).trim();
    const inFolder = 'cd "$1"; shift; ';
    const folder: Folder = {
      pod,
      path,
      sh: (script, ...rest) => run(inFolder + script, path, ...rest),
      names: () => run('ls -A "$1"', path),
    };
    try {
      await body(fixture, folder);
    } finally {
      await untilRemoved(() => run('chmod -R u+w "$1"; rm -rf "$1"', path));
    }
  }, options);
}

/** Milliseconds; a loaded machine notices late that a client is gone. */
const CLEANED_WITHIN = 15_000;

/** A script that was cut off may begin late, and write while this removes. */
async function untilRemoved(remove: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  for (let removed = false; !removed;) {
    try {
      await remove();
      removed = true;
    } catch (error) {
      const isLate = performance.now() - begun >= CLEANED_WITHIN;
      if (isLate || !(error instanceof ExecFailedError)) throw error;
    }
  }
}

/** Waits until the folder has only these names: a script that was cut off cleans up. */
export async function cleaned(
  names: () => Promise<string>,
  expected: string,
): Promise<void> {
  // What a listing has just seen may be gone when it looks closer.
  const look = () =>
    names().catch((error) => {
      if (!(error instanceof ExecFailedError)) throw error;
      return error.message;
    });
  const begun = performance.now();
  let found = await look();
  while (found !== expected && performance.now() - begun < CLEANED_WITHIN) {
    found = await look();
  }
  assertEquals(found, expected);
}

/** Names that a script that pastes them would not survive. */
export const ODD_NAMES: readonly string[] = [
  "a b  c",
  `it's "quoted" $HOME \`id\` \\c`,
  "line\nbreak",
  "-n",
  "*",
  "grün 日本 🎉",
  "x".repeat(255),
  ".hidden",
];
