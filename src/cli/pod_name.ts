import type { CommandName } from "./flags.ts";
import { UsageError } from "./usage_error.ts";

/** What kubectl calls a pod's type. */
const TYPES = ["pod", "pods", "po"];

/**
 * The name in `NAME` or `pod/NAME`.
 *
 * @throws {UsageError} There is none, or it is something else's.
 */
export function podName(
  word: string | undefined,
  command: CommandName,
): string {
  if (word === undefined || word === "") {
    throw new UsageError("The name of a pod is missing", command);
  }
  const [type = "", name, ...others] = word.split("/");
  if (name === undefined) return word;
  if (TYPES.includes(type.toLowerCase()) && name && others.length === 0) {
    return name;
  }
  throw new UsageError(
    `"${word}" is no pod: name one, as in pod/web-0`,
    command,
  );
}
