import { hasToken } from "../http/persistence.ts";
import { type Bytes, encodeBase64 } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { hideCredentials } from "../redact.ts";
import { encodeRequestHead } from "../http/head_encoder.ts";
import type { ResponseHead } from "../http/head.ts";

/** The fields of an upgrade request. */
export interface UpgradeRequestInit {
  /** Only host, path and query are sent. */
  readonly url: URL;
  /** Additional headers; those of the handshake itself are refused. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The subprotocols to offer, in order of preference. */
  readonly protocols: readonly string[];
  /** The result of {@linkcode createKey}. */
  readonly key: string;
}

/** RFC 6455, 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const OWN_HEADERS = /^(host|connection|upgrade|sec-websocket-.*)$/i;

/** Creates a `Sec-WebSocket-Key`: 16 unpredictable bytes in base64. */
export function createKey(): string {
  return encodeBase64(crypto.getRandomValues(new Uint8Array(16)));
}

/** Returns the SHA-1 of a text, in base64. */
export type Sha1 = (text: string) => string;

/** The `Sec-WebSocket-Accept` that answers `key`. */
export function acceptFor(key: string, sha1: Sha1): string {
  return sha1(key + ACCEPT_SUFFIX);
}

/**
 * Encodes the upgrade request (RFC 6455, 4.1). Offers no extensions.
 *
 * @throws {TypeError} If a header is invalid or set by the handshake itself.
 */
export function encodeUpgradeRequest(fields: UpgradeRequestInit): Bytes {
  const { url, headers, protocols, key } = fields;
  const foreign = Object.keys(headers).find((name) => OWN_HEADERS.test(name));
  if (foreign !== undefined) {
    throw new TypeError(
      `Cannot send the header "${foreign}": the WebSocket handshake sets it`,
    );
  }
  return encodeRequestHead("GET", url.pathname + url.search, {
    host: url.host,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
    "sec-websocket-protocol": protocols.join(", "),
    ...headers,
  });
}

/**
 * Checks the response to an upgrade request (RFC 6455, 4.1).
 *
 * @param accept The result of {@linkcode acceptFor} for the key sent.
 * @returns The subprotocol that the server chose.
 * @throws {ProtocolError} If the response does not match the request.
 */
export function checkUpgradeResponse(
  head: ResponseHead,
  accept: string,
  request: Pick<UpgradeRequestInit, "headers" | "protocols">,
): string {
  const { status, headers } = head;
  if (status !== 101) refuse(`the server answered ${status}`);
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") {
    refuse("the server did not upgrade to websocket");
  }
  if (!hasToken(headers.get("connection"), "upgrade")) {
    refuse('the server\'s Connection header is not "Upgrade"');
  }
  if (headers.get("sec-websocket-accept") !== accept) {
    refuse("the server's Sec-WebSocket-Accept is wrong");
  }
  if (headers.get("sec-websocket-extensions")) {
    refuse("the server chose an extension that was not offered");
  }
  const chosen = headers.get("sec-websocket-protocol");
  if (!chosen) refuse("the server chose no subprotocol");
  const offered = request.protocols.find((protocol) => protocol === chosen);
  if (offered === undefined) {
    const quoted = JSON.stringify(hideCredentials(chosen, request.headers));
    refuse(`the server chose ${quoted}, which was not offered`);
  }
  // Not the slice of the head, which would retain the whole.
  return offered;
}

function refuse(reason: string): never {
  throw new ProtocolError(`Cannot upgrade to a WebSocket: ${reason}`);
}
