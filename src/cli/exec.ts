import {
  type CommandLine,
  commandWithoutDashes,
  UsageError,
} from "./command_line.ts";
import { readManifest } from "./manifest.ts";
import { choosePod, podTarget, withPods } from "./pod.ts";
import { channelOptions, checkStdin, runToEnd } from "./session.ts";

/** `podwire exec`; resolves with the command's exit code. */
export async function exec(commandLine: CommandLine): Promise<number> {
  const [argument, ...others] = commandLine.positionals;
  // An empty one counts as absent, as in kubectl.
  const file = commandLine.value("filename") || undefined;
  if (file !== undefined && argument !== undefined) {
    throw new UsageError(
      "when --filename is given, you may not name a pod as well",
      "exec",
    );
  }
  if (file === undefined && !argument) {
    throw new UsageError(
      "pod, type/name or --filename must be specified",
      "exec",
    );
  }
  const command = commandLine.afterDashes ?? [];
  if (command.length === 0 || others.length > 0) {
    throw commandWithoutDashes(argument ?? `-f ${file}`);
  }
  checkStdin(commandLine);
  const object = file === undefined ? null : await readManifest(commandLine);
  const target = podTarget(object?.text ?? argument, "exec");
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
  }, { defaultNamespace: object?.namespace });
}
