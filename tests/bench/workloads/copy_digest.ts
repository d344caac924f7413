import { createHash, type Hash } from "node:crypto";
import { createReadStream, readdirSync } from "node:fs";

/** The SHA-256 of the names and the contents of all files of a directory. */
export async function digestOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const found = readdirSync(directory, { recursive: true }) as string[];
  for (const path of found.sort()) {
    hash.update(`${path}\0`);
    await addContent(hash, `${directory}/${path}`);
  }
  return hash.digest("hex");
}

async function addContent(hash: Hash, path: string): Promise<void> {
  try {
    const stream = createReadStream(path, { highWaterMark: 2 ** 20 });
    for await (const chunk of stream) hash.update(chunk);
  } catch (error) {
    if ((error as { code?: string }).code !== "EISDIR") throw error;
  }
}
