import type { CommandLine } from "./command_line.ts";
import { chooseContainer } from "./choose_container.ts";
import { channelsFor } from "./channels.ts";
import { podName } from "./pod_name.ts";
import { say } from "./screen.ts";
import { runToEnd } from "./run_to_end.ts";
import { withTarget } from "./target.ts";
import { UsageError } from "./usage_error.ts";

/** `podwire exec`: gives the exit code of the command. */
export async function exec(line: CommandLine): Promise<number> {
  const [word, ...others] = line.words;
  const name = podName(word, "exec");
  const command = line.rest ?? [];
  if (command.length === 0 || others.length > 0) {
    throw new UsageError(
      `The command goes behind "--", as in exec ${name} -- ls`,
      "exec",
    );
  }
  return await withTarget(line, async (target) => {
    const { container } = await chooseContainer(target, name, line, "exec");
    const { channels, remark } = channelsFor(line);
    if (remark !== null) await say(remark);
    const options = { ...channels, command, container };
    const session = await target.pods.exec.stream(name, options);
    return await runToEnd(session);
  });
}
