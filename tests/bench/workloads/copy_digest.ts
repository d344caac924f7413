import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";

/** The SHA-256 of the names and the contents of all files of a directory. */
export function digestOf(directory: string): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(2 ** 20);
  const found = readdirSync(directory, { recursive: true }) as string[];
  for (const path of found.sort()) {
    hash.update(`${path}\0`);
    const file = openSync(`${directory}/${path}`, "r");
    if (!fstatSync(file).isDirectory()) {
      for (let count; (count = readSync(file, buffer)) > 0;) {
        hash.update(buffer.subarray(0, count));
      }
    }
    closeSync(file);
  }
  return hash.digest("hex");
}
