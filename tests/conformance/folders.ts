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
      await untilCleaned(async () => {
        await run('chmod -R u+w "$1"; rm -rf "$1"', path);
        return true;
      });
    }
  }, options);
}

/** Milliseconds; a loaded machine notices late that a client is gone. */
const CLEANED_WITHIN = 15_000;

/**
 * Repeats `attempt` until it holds, for a while: a script that was cut off may
 * begin and end late, and a command beside it fails when it loses what it has
 * just seen.
 */
async function untilCleaned(attempt: () => Promise<boolean>): Promise<void> {
  const begun = performance.now();
  for (let holds = false; !holds;) {
    const isLate = performance.now() - begun >= CLEANED_WITHIN;
    holds = await attempt().catch((error) => {
      if (isLate || !(error instanceof ExecFailedError)) throw error;
      return false;
    });
    if (isLate) return;
  }
}

/** Waits until the folder has only these names. */
export async function cleaned(
  names: () => Promise<string>,
  expected: string,
): Promise<void> {
  let found = "";
  await untilCleaned(async () => {
    found = await names();
    return found === expected;
  });
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
