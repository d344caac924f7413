import { V4, V5 } from "../channel/subprotocols.ts";
import { hasToken } from "../http/persistence.ts";

/** 16 bytes in base64 (RFC 6455, 4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** Why a request is not relayed, and the answer to it. */
export interface Refusal {
  readonly httpStatus: number;
  readonly reason: RefusalReason;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Why a relay refuses a request: it leads to nothing that the relay has
 * (`NotFound`), is no WebSocket upgrade or offers no subprotocol of Kubernetes
 * (`NotAnUpgrade`), comes from a page of another origin (`ForeignOrigin`), was
 * not allowed by `authorize` (`Forbidden`) or `authorize` failed
 * (`AuthorizeFailed`), is one too many (`Busy`), the cluster refused it or cannot
 * be reached (`ClusterFailed`), the page left (`PageLeft`), the session did not
 * open in time (`TimedOut`), or the relay was closed (`Closed`).
 */
export type RefusalReason =
  | "NotFound"
  | "NotAnUpgrade"
  | "ForeignOrigin"
  | "Forbidden"
  | "AuthorizeFailed"
  | "Busy"
  | "ClusterFailed"
  | "PageLeft"
  | "TimedOut"
  | "Closed";

/**
 * Checks a request before anything else happens: is it an upgrade, and of a page
 * of an allowed origin? Browsers let any page open a WebSocket to any server,
 * with its cookies.
 *
 * @param hidesKey Whether the runtime may hide the handshake's key.
 */
export function checkUpgrade(
  { method, headers }: Request,
  origins: readonly string[],
  hidesKey: boolean,
): Refusal | null {
  const isUpgrade = method === "GET" &&
    hasToken(headers.get("upgrade"), "websocket") &&
    (hidesKey || hasToken(headers.get("connection"), "upgrade"));
  if (!isUpgrade) {
    return {
      ...notAnUpgrade("this is for WebSockets", 426),
      headers: { upgrade: "websocket", connection: "Upgrade" },
    };
  }
  const version = headers.get("sec-websocket-version");
  if (version !== "13" && !(hidesKey && version === null)) {
    return {
      ...notAnUpgrade("the version of WebSocket is not supported", 426),
      headers: { "sec-websocket-version": "13" },
    };
  }
  const key = headers.get("sec-websocket-key");
  if (!(key === null ? hidesKey : KEY.test(key))) {
    return notAnUpgrade("the Sec-WebSocket-Key is missing or malformed", 400);
  }
  const origin = headers.get("origin");
  if (origin === null || !origins.includes(origin)) {
    return {
      httpStatus: 403,
      reason: "ForeignOrigin",
      text: "the origin is not allowed",
    };
  }
  return null;
}

/**
 * The subprotocols that are passed on. A token that is offered as one is not: it
 * would replace our credentials.
 *
 * @param firstOnly Whether the runtime answers with the first one, whatever the
 * cluster chose.
 */
export function offeredProtocols(
  { headers }: Request,
  firstOnly: boolean,
): string[] {
  const field = headers.get("sec-websocket-protocol");
  const offered = firstOnly ? field?.split(",")[0] ?? null : field;
  return [V5, V4].filter((protocol) => hasToken(offered, protocol));
}

/** A request that is no proper upgrade. */
export function notAnUpgrade(text: string, httpStatus: number): Refusal {
  return { httpStatus, reason: "NotAnUpgrade", text };
}
