import { encodeBase64Url, encodeText } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";

/** Binary messages and half-close: Kubernetes 1.30, some servers from 1.29. */
export const V5 = "v5.channel.k8s.io";

/** Binary messages, no half-close: every server before that. */
export const V4 = "v4.channel.k8s.io";

/**
 * The tunnel for a forwarded port: Kubernetes 1.31, some servers from 1.30. A
 * standard WebSocket cannot offer it, since a "/" is not allowed in a token.
 */
export const PORT_FORWARD_TUNNEL = "SPDY/3.1+portforward.k8s.io";

/** A subprotocol of exec and attach that this package supports. */
export type ChannelProtocol = "v5.channel.k8s.io" | "v4.channel.k8s.io";

/** A subprotocol of port-forward that this package supports. */
export type PortForwardProtocol =
  | "SPDY/3.1+portforward.k8s.io"
  | "v4.channel.k8s.io";

/** Every subprotocol that this package supports. */
export type Subprotocol = ChannelProtocol | PortForwardProtocol;

/**
 * The subprotocols that a client may use: one of them only, or `"auto"`, the one
 * that each call needs.
 */
export type ProtocolOption = "auto" | "v5" | "v4";

const SUPPORTED: readonly Subprotocol[] = [V5, V4, PORT_FORWARD_TUNNEL];

const BEARER_PREFIX = "base64url.bearer.authorization.k8s.io.";

/**
 * The subprotocol that the server chose from those offered.
 *
 * @throws {ProtocolError} If it chose none, or one that was not offered or that
 * this package does not support.
 */
export function selectSubprotocol(
  offered: readonly string[],
  answered: string | null | undefined,
): Subprotocol {
  const chosen = SUPPORTED.find((protocol) => protocol === answered);
  if (chosen !== undefined && offered.includes(chosen)) return chosen;
  const names = offered.map(withoutToken).join(", ") || "no subprotocol";
  const answer = answered ? withoutToken(answered) : "no subprotocol";
  throw new ProtocolError(
    `Cannot use the connection: offered ${names}, the server chose ${answer}`,
  );
}

/** Whether `protocol` can end stdin while output goes on. */
export function supportsHalfClose(protocol: ChannelProtocol): boolean {
  return protocol === V5;
}

/**
 * The token as a subprotocol, for clients that cannot set headers. It must be
 * offered beside a real one, which the server then chooses.
 */
export function bearerSubprotocol(token: string): string {
  return BEARER_PREFIX + encodeBase64Url(encodeText(token));
}

/** A subprotocol without its secret. */
function withoutToken(protocol: string): string {
  return protocol.startsWith(BEARER_PREFIX) ? "a bearer token" : protocol;
}
