import { runCommand } from "../../tools/runner/run_command.ts";

const TIMEOUT = 120_000;

/** Runs a program that is part of building the package. */
export async function run(
  program: string,
  args: readonly string[],
  cwd?: URL,
): Promise<void> {
  const command = { program, args };
  const { ok, output } = await runCommand(command, {
    timeout: TIMEOUT,
    cwd,
  });
  if (ok) return;
  throw new Error(`Cannot build the package: ${program} failed\n${output}`);
}
