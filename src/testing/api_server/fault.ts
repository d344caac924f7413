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

/**
 * How answers to followed logs are cut: they end cleanly while the container
 * runs, as by an API server that loses its kubelet.
 */
export interface LogFault {
  /** Whole lines to send before the end. Defaults to 0. */
  readonly afterLines?: number;
  /**
   * Also sends the next line, once there is one, without its last character and
   * its line break.
   */
  readonly midLine?: boolean;
  /** How many answers are cut. Defaults to 1. */
  readonly times?: number;
}

/** How watches fail: the answer is 200, and ends at once without an event. */
export interface WatchFault {
  /** The body, in place of events. Defaults to an empty one. */
  readonly body?: string;
  /** How many watches fail. Defaults to every one. */
  readonly times?: number;
}

/** The pod annotation that holds a {@linkcode LogFault} as JSON. */
export const LOG_FAULT_ANNOTATION = "podwire.dev/log-fault";

/** A fault that strikes a number of times. */
export class CountedFault<F> {
  readonly fault: F;
  #left: number;

  constructor(fault: F, times: number) {
    this.fault = fault;
    this.#left = times;
  }

  /** @returns The fault, or null when it has struck often enough. */
  take(): F | null {
    return this.#left-- > 0 ? this.fault : null;
  }
}
