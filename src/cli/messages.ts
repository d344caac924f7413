import { encodeText } from "../bytes.ts";
import {
  ApiError,
  ConfigurationError,
  ConnectError,
  HandshakeError,
  PodwireError,
  TargetNotFoundError,
} from "../errors.ts";
import { openOutput } from "../platform/terminal/output.ts";
import { stripEscapes } from "../redact.ts";
import { CONTAINER_HINT, UNSCHEDULED_HINT } from "../request/upgrade_hint.ts";
import { CommandError, UsageError } from "./command_line.ts";

/** Writes to stdout or stderr; resolves when the system has taken the bytes. */
export async function print(
  name: "stdout" | "stderr",
  text: string,
): Promise<void> {
  const output = openOutput(name);
  try {
    await output.write(encodeText(text));
  } finally {
    output.close();
  }
}

/**
 * Prints a message of the program on stderr, on one line. It may quote a server,
 * so control characters, which could take over the terminal, are removed.
 */
export function printMessage(message: string): Promise<void> {
  return print("stderr", `${stripEscapes(oneLine(message))}\n`);
}

/** Joins the lines of a message; a server's may have megabytes of blanks. */
export function oneLine(message: string): string {
  return message.split(LINE_BREAKS).map((line) => line.trim())
    .filter((line) => line !== "").join("; ");
}

/** Everything that some terminal or log viewer takes as a line break. */
const LINE_BREAKS = /[\n\v\f\r\x85\u2028\u2029]+/;

/** The message for an error, with a hint if there is one. */
export function errorMessage(error: unknown): string {
  return `error: ${errorText(error)}`;
}

/** Hints of the library, which name its options, in terms of the program. */
const IN_PROGRAM: readonly (readonly [hint: string, ours: string])[] = [
  [CONTAINER_HINT, "name one with -c"],
  [UNSCHEDULED_HINT, "no node runs the pod yet"],
];

/** What {@linkcode errorMessage} says after `error: `. */
export function errorText(error: unknown): string {
  const text = textWithHint(error);
  if (!(error instanceof HandshakeError)) return text;
  const ours = IN_PROGRAM.find(([hint]) => hint === error.hint);
  return ours === undefined ? text : text.replace(ours[0], () => ours[1]);
}

function textWithHint(error: unknown): string {
  const hint = hintFor(error);
  const message = describe(error);
  const tail = hint === null || message.includes(hint) ? "" : ` (${hint})`;
  return `${message}${tail}`;
}

/** Adds the name of an error that the program does not expect. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof PodwireError ||
    error instanceof TypeError || error instanceof RangeError ||
    error instanceof CommandError;
  // A system error, such as ENOSPC, has a message that says it all.
  return expected || error.name === "Error"
    ? error.message
    : `${error.name}: ${error.message}`;
}

function hintFor(error: unknown): string | null {
  if (error instanceof UsageError) {
    const command = error.command === null ? "" : `${error.command} `;
    return `see podwire ${command}--help`;
  }
  if (error instanceof HandshakeError) {
    return error.hint ?? (error.httpStatus === 404 ? NOT_FOUND : null);
  }
  if (error instanceof ApiError) {
    return error.httpStatus === 404 ? NOT_FOUND : null;
  }
  if (error instanceof TargetNotFoundError) return hintFor(error.cause);
  if (error instanceof ConnectError && error.code === "CERT_UNTRUSTED") {
    return error.message.includes("certificate-authority") ? null : UNTRUSTED;
  }
  if (error instanceof ConfigurationError) {
    return error.message.includes("the flag --")
      ? null
      : "see --kubeconfig and --context";
  }
  return null;
}

const UNTRUSTED =
  "in a kubeconfig: certificate-authority or certificate-authority-data";
const NOT_FOUND = "use -n for another namespace, --context for another cluster";
