// What debug and run have in common: a container that the command line describes.
import type { LaunchedSession } from "../api/launch/launched_session.ts";
import { optional } from "./cluster_flags.ts";
import { type CommandLine, UsageError } from "./command_line.ts";
import type { FlagName, PodCommand } from "./flags.ts";
import { printMessage } from "./messages.ts";
import { podTimeoutOf } from "./owner_pods.ts";
import { checkStdin, runToEnd } from "./session.ts";

/** The container that a command line describes, aside from its command. */
export interface Launch {
  readonly image: string;
  readonly imagePullPolicy: PullPolicy | undefined;
  /** Whether to attach: with `-i`, unless `--attach` says otherwise. */
  readonly attaches: boolean;
  /** How long the start may take, in milliseconds. */
  readonly timeout: number;
}

type PullPolicy = "Always" | "IfNotPresent" | "Never";

const PULL_POLICIES: readonly string[] = [
  "Always",
  "IfNotPresent",
  "Never",
] satisfies PullPolicy[];

/**
 * Checks the flags of both commands.
 *
 * @throws {UsageError} A flag is missing, or its value is none.
 */
export function launchOf(
  commandLine: CommandLine,
  command: PodCommand,
): Launch {
  const image = optional(commandLine, "image");
  if (image === undefined) {
    throw new UsageError("you must specify --image", command);
  }
  if (commandLine.has("tty") && !commandLine.has("stdin")) {
    throw new UsageError(
      "-i/--stdin is required for containers with -t/--tty=true",
      command,
    );
  }
  const policy = optional(commandLine, "image-pull-policy");
  if (policy !== undefined && !PULL_POLICIES.includes(policy)) {
    throw new UsageError(`invalid image pull policy: ${policy}`, command);
  }
  const attaches = commandLine.value("attach") === undefined
    ? commandLine.has("stdin")
    : commandLine.has("attach");
  if (attaches) checkStdin(commandLine);
  return {
    image,
    imagePullPolicy: policy as PullPolicy | undefined,
    attaches,
    timeout: podTimeoutOf(commandLine, command),
  };
}

/**
 * The pairs `NAME=VALUE` of a flag that may be repeated; the last one of a name
 * counts.
 *
 * @param splits Whether one value may have several, with commas, which then no
 * value can contain; as in kubectl, it may if it is the only one.
 * @returns Undefined without the flag.
 * @throws {UsageError} One of them has no name, or no `=`.
 */
export function pairsOf(
  commandLine: CommandLine,
  flag: FlagName,
  splits: boolean,
): Record<string, string> | undefined {
  const given = commandLine.values(flag);
  if (given.length === 0) return undefined;
  const pairs = given.flatMap((text) =>
    splits && text.split("=").length > 2 ? text.split(",") : [text]
  );
  return Object.fromEntries(pairs.map((pair) => {
    const end = pair.indexOf("=");
    if (end > 0) return [pair.slice(0, end), pair.slice(end + 1)];
    throw new UsageError(
      `invalid argument "${pair}" for --${flag}: expected NAME=VALUE`,
      commandLine.command,
    );
  }));
}

/** Runs the session in this terminal, once the user has been told. */
export async function runLaunched(
  session: LaunchedSession,
  commandLine: CommandLine,
): Promise<number> {
  if (!commandLine.has("quiet")) {
    await printMessage(
      "If you don't see a command prompt, try pressing enter.",
    );
  }
  return await runToEnd(session, { detachKeys: !commandLine.has("rm") });
}
