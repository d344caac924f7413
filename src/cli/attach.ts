import { findContainer } from "../api/targets/default_container.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { printMessage } from "./messages.ts";
import { choosePod, type ChosenPod, podTarget, withPods } from "./pod.ts";
import { channelOptions, checkStdin, runToEnd } from "./session.ts";

/** `podwire attach`; resolves with 0 after detaching or success. */
export async function attach(commandLine: CommandLine): Promise<number> {
  const { positionals, afterDashes } = commandLine;
  const target = podTarget(positionals[0], "attach");
  if (afterDashes !== null || positionals.length > 1) {
    throw new UsageError(
      "expected the name of a pod and no other argument",
      "attach",
    );
  }
  checkStdin(commandLine);
  return await withPods(commandLine, async (pods) => {
    const chosen = await choosePod(pods, target, commandLine, "attach");
    const { name } = chosen;
    const tty = await usesTty(chosen, name, commandLine);
    const channels = await channelOptions(commandLine, tty);
    if (!commandLine.has("quiet")) {
      await printMessage(
        "If you don't see a command prompt, try pressing enter.",
      );
    }
    const options = { ...channels, container: chosen.container };
    return await runToEnd(await pods.attach.stream(name, options));
  });
}

/** As in kubectl, the container decides; `-t` only if the pod was not read. */
async function usesTty(
  { pod, container: containerName }: ChosenPod,
  name: string,
  commandLine: CommandLine,
): Promise<boolean> {
  const requested = commandLine.has("tty");
  if (pod === null || containerName === undefined) return requested;
  const container = findContainer(pod, containerName);
  if (container === undefined) {
    const { containersIn } = await import("./suggestions.ts");
    throw new CommandError(
      `container ${containerName} not found in pod ${name} (${
        containersIn(pod)
      })`,
    );
  }
  const { tty = false } = container;
  if (requested && !tty && !commandLine.has("quiet")) {
    await printMessage(
      `Unable to use a TTY - container ${containerName} did not allocate one`,
    );
  }
  return tty;
}
