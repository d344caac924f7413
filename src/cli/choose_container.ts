import type { Pod } from "../client/kubernetes/core_v1.ts";
import type { CommandLine } from "./command_line.ts";
import { defaultContainer, lookAtPod } from "./container.ts";
import type { CommandName } from "./flags.ts";
import { RefusedError } from "./refused_error.ts";
import { say } from "./screen.ts";
import type { Target } from "./target.ts";

/** The container that is meant, and its pod, where it was looked at. */
export interface ChosenContainer {
  /** Undefined leaves it to the server. */
  readonly container: string | undefined;
  readonly pod: Pod | null;
}

/**
 * The container of `-c`, or else that which kubectl would take. Says which, if
 * there are others.
 *
 * @throws {RefusedError} The pod has run its course, and takes no sessions.
 */
export async function chooseContainer(
  target: Target,
  name: string,
  line: CommandLine,
  command: CommandName,
): Promise<ChosenContainer> {
  const given = line.value("container");
  if (given !== undefined && command !== "attach") {
    return { container: given, pod: null };
  }
  const pod = await lookAtPod(target, name);
  if (pod === null) return { container: given, pod };
  const phase = pod.status?.phase;
  if (command !== "logs" && (phase === "Succeeded" || phase === "Failed")) {
    throw new RefusedError(
      `Cannot ${command} in pods "${name}": it has run its course, its phase is ${phase}`,
    );
  }
  if (given !== undefined) return { container: given, pod };
  const { container, remark } = defaultContainer(pod);
  if (remark !== null && !line.has("quiet")) await say(remark);
  return { container, pod };
}
