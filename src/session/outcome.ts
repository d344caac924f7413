import {
  BufferOverflowError,
  ConnectionLostError,
  ProtocolError,
  SessionEndedError,
} from "../errors.ts";
import type { Status } from "../status.ts";
import type { CloseInfo } from "../transport/transport.ts";

/** Everything that can end a session; the first one counts. */
export type Ending =
  /** A status arrived: all output precedes it. */
  | { readonly kind: "status"; readonly status: Status }
  /** A status arrived that cannot be read, and no close after it. */
  | { readonly kind: "unreadable" }
  /** The connection ended. */
  | { readonly kind: "closed"; readonly closure: CloseInfo }
  /** Nothing was heard of the peer for too long. */
  | { readonly kind: "silent"; readonly error: ConnectionLostError }
  /** A signal, a timeout, or the writer's abort. */
  | { readonly kind: "aborted"; readonly reason: unknown }
  /** Our own `close()`. */
  | { readonly kind: "disposed" };

/** What an ending means for everyone who waits for the session. */
export interface Outcome {
  /** The status, if one came. */
  readonly status: Status | null;
  /** What the wait for the status rejects with; undefined: it resolves. */
  readonly failure?: { readonly reason: unknown };
  /** What readers get after the bytes; undefined: the streams just end. */
  readonly broken?: { readonly reason: unknown };
  /** Whether what is still queued for readers goes. */
  readonly drop: boolean;
}

/**
 * The table of endings. No status is never success: a clean close without one
 * gives null, an abnormal close an error.
 */
export function outcomeOf(ending: Ending): Outcome {
  switch (ending.kind) {
    case "status":
      return { status: ending.status, drop: false };
    case "unreadable":
      return { status: null, drop: false };
    case "closed":
      return outcomeOfClosure(ending.closure);
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

/** The error of an action after the end. */
export function endedError(
  action: string,
  status: Status | null,
): SessionEndedError {
  const how = status?.status ? ` with ${status.status}` : "";
  return new SessionEndedError(
    `Cannot ${action}: the session has ended${how}`,
    { status },
  );
}

/** Close codes that say "done": RFC 6455 7.4.1, and no code at all. */
const CLEAN = new Set([1000, 1001, 1005]);

function outcomeOfClosure(closure: CloseInfo): Outcome {
  if (closure.error === undefined && CLEAN.has(closure.code)) {
    return { status: null, drop: false };
  }
  return failed(lostReason(closure), false);
}

function failed(reason: unknown, drop: boolean): Outcome {
  return { status: null, failure: { reason }, broken: { reason }, drop };
}

function lostReason(closure: CloseInfo): unknown {
  const { code, reason, error } = closure;
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
