import { isRecord } from "../../json.ts";
import { badRequest } from "./api_failure.ts";
import { type BodyResponse, textResponse } from "./api_request.ts";
import type { StoredObject } from "./objects/stored_object.ts";
import { ownField } from "./own_fields.ts";

/**
 * How a session ends: the status frame and what follows it. The defaults are
 * those of a healthy server, which sends the status and closes.
 */
export interface EndingFault {
  /**
   * The status frame. Defaults to `"send"`; `"omit"` sends no frame, an object
   * sends its `garbage` instead.
   */
  readonly status?: "send" | "omit" | { readonly garbage: string };
  /**
   * What follows: a Close frame and the end of TCP (`"close"`, the default), only
   * the end of TCP (`"drop"`), a TCP reset (`"reset"`), or nothing (`"hold"`).
   */
  readonly then?: "close" | "drop" | "reset" | "hold";
  /** The code of the Close frame. Defaults to 1000; null sends no code. */
  readonly code?: number | null;
  /** Ends the session after this many bytes of output. */
  readonly afterOutput?: number;
}

/** A fault to inject into an exec or attach session. */
export interface SessionFault extends EndingFault {
  /** Milliseconds before the response to the upgrade. */
  readonly delay?: number;
  /** Reads nothing after the upgrade: no input, ping or Close frame. */
  readonly stall?: boolean;
}

/** The pod annotation that holds a {@linkcode SessionFault} as JSON. */
export const FAULT_ANNOTATION = "podwire.dev/fault";

/** @throws {ApiFailure} 400, if the annotation is no JSON object. */
export function parseFault<F>(
  { metadata: { annotations } }: StoredObject,
  name: string,
): F | null {
  const text = ownField(annotations, name);
  if (text === undefined) return null;
  try {
    const fault: unknown = JSON.parse(String(text));
    if (isRecord(fault)) return fault as F;
  } catch {
    // Refused below.
  }
  throw badRequest(`the annotation ${name} is not a JSON object`);
}

/**
 * A fault to inject into followed logs: the response ends cleanly while the
 * container runs, as from an API server that loses the kubelet.
 */
export interface LogFault {
  /** The number of whole lines to send first. Defaults to 0. */
  readonly afterLines?: number;
  /**
   * Also waits for the next line, and sends it without its last character and
   * line break.
   */
  readonly midLine?: boolean;
  /** The number of responses to cut. Defaults to 1. */
  readonly times?: number;
}

/** A fault to inject into watches: a 200 that ends at once, without an event. */
export interface WatchFault {
  /** A body to send instead of events. Defaults to an empty one. */
  readonly body?: string;
  /** The number of watches that fail. Defaults to all. */
  readonly times?: number;
}

/**
 * A fault to inject into requests and upgrades: they are refused before anything
 * is done, as by an API server's flow control.
 */
export interface RequestFault {
  /** The HTTP status code of the response. Defaults to 429. */
  readonly httpStatus?: number;
  /** The headers of the response, such as `retry-after`. Defaults to none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The text of the response. Defaults to that of the flow control. */
  readonly body?: string;
  /** Refuses this method only; that of an upgrade is GET. Defaults to all. */
  readonly method?: string;
  /** Refuses paths only that contain this text, or match. Defaults to all. */
  readonly path?: string | RegExp;
  /** The number of requests to refuse. Defaults to 1. */
  readonly times?: number;
}

/** Whether a fault concerns a request. */
export function concerns(
  { method, path = "" }: RequestFault,
  request: { readonly method: string; readonly url: URL },
): boolean {
  const { pathname } = request.url;
  if (method !== undefined && method.toUpperCase() !== request.method) {
    return false;
  }
  return typeof path === "string"
    ? pathname.includes(path)
    : pathname.search(path) >= 0;
}

/** The response that a fault stands for. */
export function refusalOf(
  { httpStatus = 429, headers = {}, body = TOO_MANY_REQUESTS }: RequestFault,
): BodyResponse {
  return { ...textResponse(httpStatus, body), headers };
}

/** Of the API server's `WithMaxInFlightLimit`, with the line break. */
const TOO_MANY_REQUESTS = "Too many requests, please try again later.\n";

/**
 * A fault to inject into port-forwards: each concerns one WebSocket, with every
 * connection that it carries.
 */
export interface PortForwardFault {
  /** Milliseconds before the response to the upgrade. */
  readonly delay?: number;
  /** Refuses every port, as the node does if nobody listens on it. */
  readonly refuse?: boolean;
  /** Breaks off after exactly so many bytes from the pod. */
  readonly afterOutput?: number;
  /**
   * How it breaks off: with a Close frame of code 1000 (`"close"`, the default),
   * with the end of TCP alone (`"drop"`), with a TCP reset (`"reset"`), or not at
   * all: nothing passes any more (`"stall"`). An API server that has lost the
   * node drops v4, and stalls the tunnel.
   */
  readonly then?: "close" | "drop" | "reset" | "stall";
  /** The number of port-forwards that fail. Defaults to all. */
  readonly times?: number;
}

/** The pod annotation that holds a {@linkcode PortForwardFault} as JSON. */
export const PORT_FORWARD_FAULT_ANNOTATION = "podwire.dev/port-forward-fault";

/** The pod annotation that holds a {@linkcode LogFault} as JSON. */
export const LOG_FAULT_ANNOTATION = "podwire.dev/log-fault";

/** A fault, or none, that is injected a number of times. */
export class CountedFault<F extends { readonly times?: number }> {
  readonly #defaultTimes: number;
  #fault: F | null = null;
  #left = 0;

  /** @param defaultTimes Of a fault that names no number. */
  constructor(defaultTimes: number, fault: F | null = null) {
    this.#defaultTimes = defaultTimes;
    this.fault = fault;
  }

  get fault(): F | null {
    return this.#fault;
  }

  set fault(fault: F | null) {
    this.#fault = fault ?? null;
    this.#left = fault?.times ?? this.#defaultTimes;
  }

  /** @returns The fault to inject now; null after the last time. */
  take(): F | null {
    return this.#left-- > 0 ? this.#fault : null;
  }
}
