import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder. */
export interface TempFolder {
  readonly path: string;
  /** Writes a shell script; returns its path. */
  script(name: string, text: string): Promise<string>;
  /** Waits for the first line of a file. */
  firstLine(name: string): Promise<string>;
}

/** Runs `body` with a temporary folder, removed afterwards. */
export async function withTempFolder(
  body: (folder: TempFolder) => Promise<void>,
): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), "podwire-"));
  const folder: TempFolder = {
    path,
    async script(name, text) {
      const file = join(path, name);
      await writeFile(file, `#!/bin/sh\n${text}\n`);
      await chmod(file, 0o755);
      return file;
    },
    firstLine: (name) => firstLine(join(path, name)),
  };
  try {
    await body(folder);
  } finally {
    await rm(path, { recursive: true });
  }
}

async function firstLine(file: string): Promise<string> {
  for (let round = 0; round < 2_000; round++) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text.includes("\n")) return text.split("\n")[0]!;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`there is no line in ${file}`);
}
