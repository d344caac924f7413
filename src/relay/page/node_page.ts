import type { Socket } from "node:net";
import { NodeDuplex } from "../../adapters/node/node_duplex.ts";
import {
  BUN_1_3_QUIRKS,
  BUN_QUIRKS,
  DENO_2_5_QUIRKS,
  DENO_QUIRKS,
  NODE_QUIRKS,
  type RuntimeQuirks,
} from "../../adapters/node/runtime_quirks.ts";
import { type Bytes, encodeText } from "../../bytes.ts";
import { encodeResponseHead } from "../../http/head_encoder.ts";
import { isModernBun, isModernDeno } from "../../platform/runtime.ts";
import { sha1 } from "../../platform/sha1.ts";
import type { DuplexReceiver } from "../../transport/duplex.ts";
import { SocketConnection } from "../../transport/socket_connection.ts";
import { acceptFor } from "../../websocket/handshake.ts";
import {
  type AcceptedPage,
  PAGE_CLOSE_TIMEOUT,
  type PageAcceptor,
} from "./page.ts";

/** The parts of an `IncomingMessage` of `node:http` that a relay uses. */
export interface NodeUpgradeRequest {
  /** The method. */
  readonly method?: string | undefined;
  /** The path and the query. */
  readonly url?: string | undefined;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The socket of an `upgrade` event of `node:http` or `node:https`. */
export interface NodeUpgradeSocket {
  /** Closes it. */
  destroy(): unknown;
}

/** How long a page may take to close its side of a refusal, in milliseconds. */
const CLOSE_TIMEOUT = 1_000;

/** What a page may send before it is answered; it has no reason to, in bytes. */
const EARLY_LIMIT = 64 * 1024;

/** A request of Node's that is being answered. */
export interface NodeUpgrade {
  /** The request as the web has it; null if it cannot be one. */
  readonly request: Request | null;
  /** Aborts when the page leaves before it is accepted. */
  readonly signal: AbortSignal;
  readonly acceptor: PageAcceptor;
  /** Answers without an upgrade, and closes the socket. */
  refuse(response: Response): Promise<void>;
}

/** Takes over the socket of an `upgrade` event. */
export function takeNodeUpgrade(
  message: NodeUpgradeRequest,
  socket: NodeUpgradeSocket,
  head: Uint8Array,
): NodeUpgrade {
  const duplex = new NodeDuplex(socket as Socket, socket as Socket, quirks());
  const reader = new EarlyReader(duplex, head);
  const request = webRequest(message, reader.signal);
  return {
    request,
    signal: reader.signal,
    acceptor: {
      pings: true,
      hidesKey: false,
      choosesFirst: false,
      accept: (protocol) => accept(duplex, reader, request!.headers, protocol),
    },
    async refuse(response) {
      const { status, headers, body } = response;
      const text = body === null ? "" : await response.text();
      const bytes = encodeText(text);
      duplex.write(encodeResponseHead(status, "Refused", {
        ...Object.fromEntries(headers),
        "content-length": `${bytes.byteLength}`,
        connection: "close",
      }));
      duplex.write(bytes);
      duplex.end(CLOSE_TIMEOUT);
    },
  };
}

function accept(
  duplex: NodeDuplex,
  reader: EarlyReader,
  headers: Headers,
  protocol: string,
): AcceptedPage {
  reader.signal.throwIfAborted();
  const key = headers.get("sec-websocket-key") ?? "";
  duplex.write(encodeResponseHead(101, "Switching Protocols", {
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-accept": acceptFor(key, sha1),
    "sec-websocket-protocol": protocol,
  }));
  const connection = new SocketConnection(duplex, reader, protocol, {
    role: "server",
    closeTimeout: PAGE_CLOSE_TIMEOUT,
  });
  return {
    response: new Response(null),
    connection: Promise.resolve(connection),
    abandon: () => connection.abort(),
  };
}

/** A failed write means that the page is gone; nothing is read for longer. */
function quirks(): RuntimeQuirks {
  return { ...runtimeQuirks(), surviveWriteError: false };
}

function runtimeQuirks(): RuntimeQuirks {
  if ("Bun" in globalThis) return isModernBun() ? BUN_QUIRKS : BUN_1_3_QUIRKS;
  if (!("Deno" in globalThis)) return NODE_QUIRKS;
  return isModernDeno() ? DENO_QUIRKS : DENO_2_5_QUIRKS;
}

function webRequest(
  { method, url = "/", headers }: NodeUpgradeRequest,
  signal: AbortSignal,
): Request | null {
  try {
    const fields = new Headers();
    for (const [name, value = []] of Object.entries(headers)) {
      for (const each of [value].flat()) fields.append(name, each);
    }
    const base = `http://${headers.host ?? "localhost"}`;
    // With two slashes it is a path, too, and not a host.
    const absolute = url.startsWith("/") ? `${base}${url}` : url;
    return new Request(new URL(absolute), {
      method: method ?? "GET",
      headers: fields,
      signal,
    });
  } catch {
    return null;
  }
}

/** Reads a page's socket until it is accepted, to notice that it leaves. */
class EarlyReader implements DuplexReceiver {
  readonly #duplex: NodeDuplex;
  readonly #gone = new AbortController();
  readonly #waiting: Bytes[] = [];
  #size = 0;
  #ending: { error?: Error } | null = null;

  constructor(duplex: NodeDuplex, head: Uint8Array) {
    this.#duplex = duplex;
    // A copy: a Buffer may be a part of a pool.
    if (head.byteLength > 0) this.data(new Uint8Array(head));
    duplex.open(this);
  }

  /** Aborts when the page leaves. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  deliverTo(receiver: DuplexReceiver): void {
    this.#duplex.pause();
    this.#duplex.open(receiver);
    for (const chunk of this.#waiting.splice(0)) receiver.data(chunk);
    if (this.#ending) receiver.ended(this.#ending.error);
  }

  data(chunk: Bytes): void {
    this.#waiting.push(chunk);
    this.#size += chunk.byteLength;
    if (this.#size > EARLY_LIMIT) this.#duplex.pause();
  }

  drained(): void {}

  ended(error?: Error): void {
    this.#ending = { error };
    this.#gone.abort(new Error("the page left"));
  }
}
