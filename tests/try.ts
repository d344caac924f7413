/**
 * Runs test files on one runtime: `deno task try RUNTIME FILES...`.
 *
 * @module
 */

import { provideAuthority } from "./runner/authority.ts";
import { testCommand } from "./runner/commands.ts";
import { providePackages } from "./runner/packages.ts";
import { type RuntimeName, runtimeNames } from "./runner/tools.ts";
import { root } from "./runtimes/specifiers.ts";

const [runtime, ...files] = Deno.args;
if (!runtimeNames.includes(runtime as RuntimeName) || files.length === 0) {
  console.error(`usage: deno task try ${runtimeNames.join("|")} FILES...`);
  Deno.exit(2);
}
await providePackages();
const { program, args } = await testCommand(runtime as RuntimeName, files);
const env = await provideAuthority();
const child = new Deno.Command(program, { args: [...args], env, cwd: root })
  .spawn();
Deno.exit((await child.status).code);
