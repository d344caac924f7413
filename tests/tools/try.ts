/**
 * Runs test files on one runtime: `deno task try RUNTIME FILES...`.
 *
 * @module
 */

import { provideAuthority } from "./runner/authority.ts";
import { testCommand, testVariables } from "./runner/commands.ts";
import { providePackages } from "./runner/packages.ts";
import { type RuntimeName, runtimeNames } from "./runner/runtimes.ts";
import { startUpstream } from "./runner/upstream.ts";
import { root } from "../harness/preload/specifiers.ts";

const [runtime, ...files] = Deno.args;
if (!runtimeNames.includes(runtime as RuntimeName) || files.length === 0) {
  console.error(`usage: deno task try ${runtimeNames.join("|")} FILES...`);
  Deno.exit(2);
}
await providePackages();
const name = runtime as RuntimeName;
const { program, args } = await testCommand(name, files);
const authority = await provideAuthority();
const upstream = await startUpstream(authority.PODWIRE_TEST_CA!);
const env = { ...testVariables(name), ...authority, ...upstream.env };
const child = new Deno.Command(program, { args: [...args], env, cwd: root })
  .spawn();
const { code } = await child.status;
await upstream.close();
Deno.exit(code);
