import { packages, readSpecifiers } from "../../harness/preload/specifiers.ts";
import { install } from "./npm.ts";

/** Fetches the npm packages of deno.json's import map for Node and Bun. */
export async function providePackages(): Promise<void> {
  const dependencies: Record<string, string> = {};
  for (const target of readSpecifiers().values()) {
    if ("npm" in target) dependencies[target.npm] = target.version;
  }
  await install(packages, dependencies);
}
