import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";
import { install } from "./npm.ts";

/** What users of the npm package build and test with, as it is tried here. */
const TOOLS = { typescript: "5.9", vite: "7", vitest: "4" };
const directory = new URL("tools/consumers/", cache);

/** Fetches what the package's consumers build and test with. */
export function provideConsumerTools(): Promise<void> {
  return install(directory, TOOLS);
}

/** The path of a program in what {@linkcode provideConsumerTools} fetched. */
export function consumerTool(path: string): string {
  return fileURLToPath(new URL(`node_modules/${path}`, directory));
}
