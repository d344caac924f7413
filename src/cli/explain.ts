import {
  ApiError,
  ConfigurationError,
  HandshakeError,
  PodwireError,
} from "../errors.ts";
import { RefusedError } from "./refused_error.ts";
import { UsageError } from "./usage_error.ts";

/** An error as one line, with what to do about it where that is known. */
export function explain(error: unknown): string {
  const hint = hintFor(error);
  const message = messageOf(error);
  const tail = hint === null || message.includes(hint) ? "" : ` (${hint})`;
  return `error: ${message}${tail}`.replaceAll(/\s*[\r\n]+\s*/g, "; ");
}

/** Ours say what they are; of others the name tells more than the message. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const plain = error instanceof PodwireError || error instanceof TypeError ||
    error instanceof RangeError || error instanceof UsageError ||
    error instanceof RefusedError;
  return plain ? error.message : `${error.name}: ${error.message}`;
}

function hintFor(error: unknown): string | null {
  if (error instanceof UsageError) {
    const command = error.command === null ? "" : `${error.command} `;
    return `see podwire ${command}--help`;
  }
  if (error instanceof HandshakeError) {
    return error.hint ?? (error.httpStatus === 404 ? ELSEWHERE : null);
  }
  if (error instanceof ApiError) {
    return error.httpStatus === 404 ? ELSEWHERE : null;
  }
  if (error instanceof ConfigurationError) {
    return "see --kubeconfig and --context";
  }
  return null;
}

const ELSEWHERE = "-n NAME looks in another namespace, --context in another " +
  "cluster";
