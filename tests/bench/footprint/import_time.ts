import { runCommand } from "../../tools/runner/run_command.ts";
import {
  provideRuntime,
  type RuntimeName,
} from "../../tools/runner/runtimes.ts";

const PROGRAM = "tests/bench/footprint/cold_import.js";
const EMPTY = "data:text/javascript,";
const TIMEOUT = 30_000;

/**
 * The milliseconds that a new process of a runtime takes to import a module,
 * beyond those for an empty one.
 */
export async function importTime(
  runtime: RuntimeName,
  module: URL,
): Promise<number> {
  const empty = await timed(runtime, EMPTY);
  return await timed(runtime, module.href) - empty;
}

async function timed(runtime: RuntimeName, module: string): Promise<number> {
  const options = runtime.startsWith("deno") ? ["run", "-A", "--no-check"] : [];
  const { ok, output } = await runCommand({
    program: await provideRuntime(runtime),
    args: [...options, PROGRAM, module],
  }, { timeout: TIMEOUT });
  if (!ok) throw new Error(`Cannot import ${module}:\n${output}`);
  return Number(output);
}
