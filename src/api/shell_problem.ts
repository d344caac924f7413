import { exitCodeOf } from "../channel/status_frame.ts";
import { ShellNotFoundError } from "../errors.ts";
import type { ExecRequest } from "../request/exec_options.ts";
import { saysShellIsMissing } from "../request/shell_command.ts";
import type { Status } from "../status.ts";
import type { ExecResult } from "./exec_result.ts";

/** The most bytes that a runtime of containers prints about a failed start. */
const LARGEST = 4096;

/**
 * The check of a status by which `sh` could not be started; undefined for a
 * command that needs none.
 */
export function shellCheck(
  { action, request }: { action: string; request: ExecRequest },
): ((status: Status) => ShellNotFoundError | null) | undefined {
  if (!request.usesShell) return undefined;
  return (status) =>
    exitCodeOf(status) === null && saysShellIsMissing(status.message ?? "")
      ? shellNotFound(action, status, status.message!)
      : null;
}

/**
 * The same for the runtimes that report it as the output of a command that
 * exited with a code: cri-o, and Docker.
 */
export function shellProblemIn(
  result: ExecResult,
  action: string,
): ShellNotFoundError | null {
  const { exitCode, stdout, stderr, status } = result;
  const length = stdout.byteLength + stderr.byteLength;
  if (exitCode === null || exitCode === 0 || length > LARGEST) return null;
  const output = (result.stdoutText() + result.stderrText()).trim();
  const isRuntime = /^(?:OCI runtime|ERRO|time=|Error:|exec failed)/.test(
    output,
  );
  return isRuntime && saysShellIsMissing(output)
    ? shellNotFound(action, status, output)
    : null;
}

function shellNotFound(
  action: string,
  status: Status | null,
  words: string,
): ShellNotFoundError {
  return new ShellNotFoundError(
    `Cannot ${action}: the container has no sh, which cwd, env and ` +
      `killOnAbort need (${words})`,
    { status },
  );
}
