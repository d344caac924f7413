import { fileURLToPath } from "node:url";
import { cache } from "../runner/cache.ts";
import { install } from "../runner/npm.ts";

/** Installs the clients from npm to compare with; gives the folder. */
export async function providePeers(): Promise<string> {
  const folder = new URL("peers/", cache);
  await install(folder, { "@kubernetes/client-node": "latest" });
  return fileURLToPath(folder);
}
