import { type CommandLine, UsageError } from "./command_line.ts";
import { choosePod, podTarget, withPods } from "./pod.ts";
import { channelOptions, checkStdin, runToEnd } from "./session.ts";

/** `podwire exec`; resolves with the command's exit code. */
export async function exec(commandLine: CommandLine): Promise<number> {
  const [argument, ...others] = commandLine.positionals;
  const target = podTarget(argument, "exec");
  const command = commandLine.afterDashes ?? [];
  if (command.length === 0 || others.length > 0) {
    throw new UsageError(
      `the command must follow "--", as in exec ${argument} -- ls`,
      "exec",
    );
  }
  checkStdin(commandLine);
  return await withPods(commandLine, async (pods) => {
    const { name, container } = await choosePod(
      pods,
      target,
      commandLine,
      "exec",
    );
    const channels = await channelOptions(commandLine);
    const options = { ...channels, command, container };
    return await runToEnd(await pods.exec.stream(name, options));
  });
}
