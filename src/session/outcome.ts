import {
  BufferOverflowError,
  ConnectionLostError,
  type PodwireError,
  ProtocolError,
  SessionEndedError,
} from "../errors.ts";
import { quoteText } from "../redact.ts";
import type { Status } from "../status.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";
import type { CloseInfo } from "../transport/transport.ts";

/** Everything that can end a session; the first one counts. */
export type Ending =
  /** A status arrived: all output precedes it. */
  | { readonly kind: "status"; readonly status: Status }
  /** A status arrived by which the command was not even started. */
  | {
    readonly kind: "refused";
    readonly status: Status;
    readonly error: PodwireError;
  }
  /** A status arrived that cannot be parsed, and no close after it. */
  | { readonly kind: "unreadable" }
  /** The connection ended. */
  | { readonly kind: "closed"; readonly closeInfo: CloseInfo }
  /** Nothing was received for too long. */
  | { readonly kind: "silent"; readonly error: ConnectionLostError }
  /** A signal, a timeout, or an abort of stdin. */
  | { readonly kind: "aborted"; readonly reason: unknown }
  /** Our own `close()`. */
  | { readonly kind: "disposed" };

/** What the end of a session means for readers, writers and waiters. */
export interface SessionOutcome {
  /** The rejection of waits and writes; undefined if it did not fail. */
  readonly failure?: { readonly reason: unknown };
  /** The error that readers get after the bytes; undefined if the streams close. */
  readonly broken?: { readonly reason: unknown };
  /** Whether what is still queued for readers is dropped. */
  readonly drop: boolean;
}

/** What the end of an exec or attach means. */
export interface Outcome extends SessionOutcome {
  /** The status, if one arrived. */
  readonly status: Status | null;
}

/**
 * The table of endings. No status is never success: a clean close without one
 * gives null, an abnormal close an error.
 */
export function outcomeOf(ending: Ending): Outcome {
  switch (ending.kind) {
    case "status":
      return { status: ending.status, drop: false };
    case "refused":
      return { ...failed(ending.error, false), status: ending.status };
    case "unreadable":
      return { status: null, drop: false };
    case "closed":
      return outcomeOfClose(ending.closeInfo);
    case "silent":
      return failed(ending.error, false);
    case "aborted":
      return failed(ending.reason, true);
    case "disposed":
      return {
        status: null,
        broken: { reason: endedError("read", null) },
        drop: true,
      };
  }
}

/**
 * The error of an action after the end.
 *
 * @param unparsed The text of a status that could not be parsed, if one arrived.
 */
export function endedError(
  action: string,
  status: Status | null,
  unparsed: string | null = null,
): SessionEndedError {
  const how = status?.status ? ` with ${status.status}` : "";
  const text = quoteText(status?.message ?? unparsed ?? "");
  const words = text === "" ? "" : `: ${text}`;
  return new SessionEndedError(
    `Cannot ${action}: the session has ended${how}${words}`,
    { status },
  );
}

/** Close codes of a regular end: RFC 6455 7.4.1, and no code at all. */
const CLEAN = new Set<number>([
  CLOSE_CODE.normal,
  CLOSE_CODE.goingAway,
  CLOSE_CODE.noStatus,
]);

function outcomeOfClose(info: CloseInfo): Outcome {
  if (info.error === undefined && CLEAN.has(info.code)) {
    return { status: null, drop: false };
  }
  return failed(lostReason(info), false);
}

function failed(reason: unknown, drop: boolean): Outcome {
  return { status: null, failure: { reason }, broken: { reason }, drop };
}

function lostReason({ code, reason, error }: CloseInfo): unknown {
  // These name the fault themselves; a socket's error does not.
  if (error instanceof ProtocolError || error instanceof BufferOverflowError) {
    return error;
  }
  const why = reason === "" ? "" : `: ${reason}`;
  return new ConnectionLostError(
    `Lost the connection before a status arrived (close code ${code})${why}`,
    { closeCode: code, reason, cause: error },
  );
}
