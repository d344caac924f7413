import { channelsFor } from "./channels.ts";
import { chooseContainer } from "./choose_container.ts";
import type { CommandLine } from "./command_line.ts";
import { containerOf } from "./container.ts";
import { podName } from "./pod_name.ts";
import { RefusedError } from "./refused_error.ts";
import { say } from "./screen.ts";
import { runToEnd } from "./run_to_end.ts";
import { withTarget } from "./target.ts";
import { UsageError } from "./usage_error.ts";

/** `podwire attach`: gives 0 if it ended well, or was left. */
export async function attach(line: CommandLine): Promise<number> {
  const [word, ...others] = line.words;
  const name = podName(word, "attach");
  if (line.rest !== null || others.length > 0) {
    throw new UsageError(
      "Attach takes the name of a pod and no more",
      "attach",
    );
  }
  return await withTarget(line, async (target) => {
    const chosen = await chooseContainer(target, name, line, "attach");
    const { container } = chosen;
    const tty = await ttyOf(chosen, name, line);
    const { channels, remark } = channelsFor(line, tty);
    if (remark !== null) await say(remark);
    if (!line.has("quiet")) {
      await say("If you don't see a command prompt, try pressing enter.");
    }
    const options = { ...channels, container };
    const session = await target.pods.attach.stream(name, options);
    return await runToEnd(session);
  });
}

/** Whether a tty is wanted: the container has one, or it has not. */
async function ttyOf(
  { pod, container: chosen }: Awaited<ReturnType<typeof chooseContainer>>,
  name: string,
  line: CommandLine,
): Promise<boolean> {
  const asked = line.has("tty");
  if (pod === null || chosen === undefined) return asked;
  const container = containerOf(pod, chosen);
  if (container === undefined) {
    throw new RefusedError(
      `Cannot attach in pods "${name}": it has no container ${chosen}`,
    );
  }
  const { tty = false } = container;
  if (asked && !tty && !line.has("quiet")) {
    await say(`Unable to use a TTY - container ${chosen} did not allocate one`);
  }
  return tty;
}
