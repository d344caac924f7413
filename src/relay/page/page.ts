import { WebConnection } from "../../adapters/web/web_connection.ts";
import type { Connection } from "../../transport/transport.ts";

/** A page whose upgrade was accepted. */
export interface AcceptedPage {
  /** What the runtime's server takes as the answer. */
  readonly response: Response;
  /** The connection, once the page has finished the handshake. */
  readonly connection: Promise<Connection>;
  /** Gives the page up, in any state. Idempotent. */
  abandon(): void;
}

/** How a runtime's server turns a request into a WebSocket. */
export interface PageAcceptor {
  /** Whether its connections can ping. */
  readonly pings: boolean;
  /** Whether the key of the handshake may be hidden from us. */
  readonly hidesKey: boolean;
  /** Whether the page gets the first subprotocol that it offered. */
  readonly choosesFirst: boolean;
  /** Waits until it is known whether the page has left, if that takes a while. */
  settled?(): Promise<void>;
  /** Accepts the upgrade. Throws if that is not possible any more. */
  accept(protocol: string): AcceptedPage;
}

/**
 * How much of a page's input may wait for the cluster in bytes: these sockets
 * cannot stop a page.
 */
const INPUT_LIMIT = 16 * 2 ** 20;

/**
 * How long a page may take to read the end of the output, in milliseconds, once
 * the command has ended.
 */
export const PAGE_CLOSE_TIMEOUT = 30_000;

/** A page's standard WebSocket, which is open, as a connection. */
export function webPage(
  socket: WebSocket,
  delaysLastMessage = false,
): Connection {
  return new WebConnection(
    socket,
    INPUT_LIMIT,
    delaysLastMessage,
    PAGE_CLOSE_TIMEOUT,
    // It would be in an event: perhaps a password that was typed.
    false,
  );
}
