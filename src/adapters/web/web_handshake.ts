import { onAbort } from "../../abortable.ts";
import { ConfigurationError, ConnectError } from "../../errors.ts";
import {
  connectError,
  connectErrorCode,
} from "../../transport/connect_error.ts";
import type { UpgradeRequest } from "../../transport/transport.ts";
import { withoutQuery } from "./web_failure.ts";

/** A standard `WebSocket` constructor, or a function that creates a socket. */
export type WebSocketSource =
  | (new (url: string | URL, protocols?: string | string[]) => WebSocket)
  | ((url: string, protocols: string[]) => WebSocket);

/**
 * Opens a WebSocket. Calls `adopt` within the `open` event, since messages may
 * follow in the same turn.
 */
export async function openWebSocket<Adopted>(
  source: WebSocketSource | undefined,
  request: UpgradeRequest,
  adopt: (socket: WebSocket) => Adopted,
): Promise<Adopted> {
  const { url, protocols, signal } = request;
  signal.throwIfAborted();
  if (source === undefined) {
    throw new ConfigurationError(
      "Cannot open a WebSocket: this platform has none, pass one to webTransport",
    );
  }
  const socket = construct(source, webSocketUrl(url), [...protocols]);
  socket.binaryType = "arraybuffer";
  return await opened(socket, request, adopt);
}

/** A class cannot be called, an arrow function cannot be constructed. */
function construct(
  source: WebSocketSource,
  url: string,
  protocols: string[],
): WebSocket {
  return isConstructor(source)
    ? new source(url, protocols)
    : source(url, protocols);
}

/** Whether `source` is a class, like the platform's. */
export function isConstructor(
  source: WebSocketSource,
): source is Extract<WebSocketSource, new (...args: never[]) => WebSocket> {
  const { prototype } = source as { prototype?: object };
  return prototype !== undefined && "send" in prototype;
}

function webSocketUrl(url: URL): string {
  const address = new URL(url);
  address.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

function opened<Adopted>(
  socket: WebSocket,
  { url, signal }: UpgradeRequest,
  adopt: (socket: WebSocket) => Adopted,
): Promise<Adopted> {
  return new Promise((resolve, reject) => {
    let failure: unknown;
    let stopListening = (): void => {};
    const finish = (): void => {
      socket.removeEventListener("open", onOpen);
      socket.removeEventListener("error", onError);
      socket.removeEventListener("close", onClose);
      stopListening();
    };
    const onOpen = (): void => {
      finish();
      try {
        resolve(adopt(socket));
      } catch (error) {
        socket.close();
        reject(error);
      }
    };
    const onClose = (): void => {
      finish();
      reject(upgradeFailed(url, failure));
    };
    // Node 22 emits no `close` after an error.
    const onError = (event: Event): void => {
      failure = withoutQuery(failureOf(event), url);
      onClose();
    };
    socket.addEventListener("open", onOpen);
    socket.addEventListener("error", onError);
    socket.addEventListener("close", onClose);
    stopListening = onAbort(signal, (reason) => {
      finish();
      socket.addEventListener("error", () => {});
      socket.close();
      reject(reason);
    });
  });
}

/** The cause, which the standard hides: Bun has an error, Deno a message. */
function failureOf(event: Event): unknown {
  const { error, message } = event as { error?: unknown; message?: unknown };
  if (error instanceof Error) return error;
  return typeof message === "string" && message !== ""
    ? new Error(message)
    : undefined;
}

/**
 * After a refusal over HTTP/1.1, Deno tries HTTP/2, which fails, and reports only
 * the second failure.
 */
const HTTP2_FAILURE = /tls handshake eof|NoApplicationProtocol|h2 alpn/i;

function upgradeFailed(url: URL, cause: unknown): ConnectError {
  const hidden = connectErrorCode(cause) === "UNKNOWN" ||
    cause instanceof Error && HTTP2_FAILURE.test(cause.message);
  if (!hidden) return connectError(cause, url.host);
  return new ConnectError(
    `Cannot open a WebSocket to ${url.host}: the upgrade failed, and this transport cannot see the answer`,
    { code: "UPGRADE_FAILED", cause },
  );
}
