// Containers whose PATH is a folder of programs of our own; only local ones can
// have that.
import { existsSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type TempFolder, withTempFolder } from "../support/temp_folder.ts";
import { type CaseOptions, embeddedCase, type Fixture } from "./fixture.ts";

/** A container with programs of our own, and a folder for its files. */
export interface OddContainer extends Fixture {
  readonly name: string;
  /** The folder for files. */
  readonly path: string;
  /** The names in that folder. */
  names(): Promise<string[]>;
}

/** Registers a case; `prepare` fills the folder that is the container's PATH. */
export function oddCase(
  name: string,
  prepare: (programs: TempFolder) => Promise<unknown>,
  body: (container: OddContainer) => Promise<void>,
  options: CaseOptions = {},
): void {
  embeddedCase(
    `files: ${name}`,
    (fixture) =>
      withTempFolder(async (programs) => {
        await prepare(programs);
        await withTempFolder(async ({ path }) => {
          const env = [{ name: "PATH", value: programs.path }];
          const pod = await fixture.pod({
            container: { env, command: ["/bin/cat"], stdin: true },
          });
          const names = async () => (await readdir(path)).sort();
          await body({ ...fixture, name: pod, path, names });
        });
      }),
    options,
  );
}

/** Where this machine has a program; undefined if it has none. */
export function findProgram(program: string): string | undefined {
  const folders = ["/usr/bin", "/bin", "/usr/local/bin"];
  return folders.map((folder) => join(folder, program)).find(existsSync);
}

/** Where this machine has a program that every machine has. */
export function systemPath(program: string): string {
  const found = findProgram(program);
  if (found === undefined) throw new Error(`this machine has no ${program}`);
  return found;
}

/** Links programs of this machine. */
export async function link(
  { path }: TempFolder,
  ...programs: string[]
): Promise<void> {
  for (const program of programs) {
    await symlink(systemPath(program), join(path, program));
  }
}

/** What `./files` cannot do without. */
export const LEAST_PROGRAMS: readonly string[] = [
  "sh",
  "cat",
  "tail",
  "mv",
  "rm",
  "ls",
  "dd",
];
/** What `./files` uses, but for `tar`. */
export const ALL_PROGRAMS: readonly string[] = [
  ...LEAST_PROGRAMS,
  "stat",
  "wc",
  "sha256sum",
  "truncate",
  "chmod",
  "chown",
];

/** All programs of this machine, some of them replaced by scripts. */
export function replaced(
  scripts: Readonly<Record<string, string>>,
): (programs: TempFolder) => Promise<void> {
  return async (programs) => {
    await link(programs, ...ALL_PROGRAMS.filter((name) => !(name in scripts)));
    for (const [name, text] of Object.entries(scripts)) {
      await programs.script(name, text);
    }
  };
}
