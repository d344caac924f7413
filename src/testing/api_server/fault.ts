/**
 * How a session is to end otherwise than it should: the status frame, and then
 * what follows it. By default the status is sent and the connection closed,
 * as by a healthy server.
 */
export interface EndingFault {
  /**
   * The status frame: `"send"` by default, `"omit"` for none, or an object
   * whose `garbage` is sent in its place.
   */
  readonly status?: "send" | "omit" | { readonly garbage: string };
  /**
   * What comes then: a Close frame and the end (`"close"`, the default), only
   * the end of TCP (`"drop"`), a reset (`"reset"`), or nothing (`"hold"`).
   */
  readonly then?: "close" | "drop" | "reset" | "hold";
  /** The code of the Close frame; 1000 by default, null for a frame without. */
  readonly code?: number | null;
  /** Ends the session once so many bytes of output were sent, not at its end. */
  readonly afterOutput?: number;
}

/** How a session is to go wrong: on its way, and at its end. */
export interface SessionFault extends EndingFault {
  /** Milliseconds before the upgrade is answered. */
  readonly delay?: number;
  /** Nothing is read after the upgrade: no input, no ping, no Close. */
  readonly stall?: boolean;
}

/** The pod annotation that holds a {@linkcode SessionFault} as JSON. */
export const FAULT_ANNOTATION = "podwire.dev/fault";

/** Reads the annotation; null when it is absent. */
export function parseFault(
  annotation: string | undefined,
): SessionFault | null {
  return annotation === undefined ? null : JSON.parse(annotation);
}
