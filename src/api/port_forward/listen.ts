import {
  hasLocalSockets,
  listenLocally,
} from "../../adapters/local_listener.ts";
import { onAbort } from "../../abortable.ts";
import type { CallSite } from "../../call_site.ts";
import { reportUncaught } from "../../client/call_report.ts";
import { startDeadline } from "../../client/deadline.ts";
import { V4 } from "../../channel/subprotocols.ts";
import { ConfigurationError } from "../../errors.ts";
import type { OptionNames } from "../../options.ts";
import { LocalForward } from "../../session/local_forward.ts";
import type { Target } from "../../target.ts";
import { hostAndPort } from "../../transport/address.ts";
import type {
  LocalAddress,
  LocalListener,
  LocalSocket,
} from "../../transport/local_socket.ts";
import type { CallContext } from "../call.ts";
import {
  type ForwardCall,
  openPort,
  PORT_FORWARD_OPTIONS,
  type PortForwardOptions,
  prepareForward,
} from "./forward_call.ts";

/** Options of `portForward.listen`. */
export interface ListenOptions extends PortForwardOptions {
  /**
   * The address to listen at, IPv4 or IPv6.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string;
  /**
   * The port to listen at; 0 for any free one.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * The path of a Unix socket to listen at, instead of an address. On Windows, as
   * in Node, of a pipe: `\\.\pipe\podwire`.
   */
  readonly path?: string;
  /**
   * Called with the error of each connection that failed; the others and the
   * listener go on. Without it such errors are dropped: the local program only
   * sees its connection reset.
   */
  readonly onError?: (error: unknown) => void;
}

const LISTEN_OPTIONS: OptionNames<ListenOptions> = {
  ...PORT_FORWARD_OPTIONS,
  hostname: true,
  port: true,
  path: true,
  onError: true,
};

/**
 * Listens for local programs, and forwards each connection to a port of a pod;
 * from `portForward.listen`.
 */
export class PortListener {
  /** The address that it listens at; empty with a `path`. */
  readonly hostname: string;
  /** The port that it listens at; 0 with a `path`. */
  readonly port: number;
  /** The path of its Unix socket; null with an address. */
  readonly path: string | null;
  readonly #listener: LocalListener;
  readonly #connections: ForwardedSockets;
  readonly #stop: () => void;
  #closing: Promise<void> | null = null;

  /**
   * `portForward.listen` makes it.
   *
   * @internal
   */
  constructor(
    listener: LocalListener,
    connections: ForwardedSockets,
    stop: () => void,
  ) {
    const { hostname, port, path } = listener.address;
    this.hostname = hostname;
    this.port = port;
    this.path = path;
    this.#listener = listener;
    this.#connections = connections;
    this.#stop = stop;
  }

  /** How many connections are open, or being opened. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Stops listening, and drops every connection.
   *
   * @returns When every socket is released, at most about a second later.
   */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#stop();
      this.#listener.close();
      await this.#connections.close();
    })();
    return this.#closing;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Starts to listen. Sends nothing to the cluster before the first connection.
 *
 * @param onConnection Called for each connection.
 */
export async function listen(
  context: CallContext,
  target: Target,
  port: number | string,
  options: ListenOptions,
  site: CallSite,
  onConnection: () => void = () => {},
): Promise<PortListener> {
  const call = prepareForward(context, target, port, options, LISTEN_OPTIONS);
  const address = addressOf(options, call.action);
  const { client } = context;
  const { onError, signal } = options;
  const connections = new ForwardedSockets(call, (error) => {
    site.addTo(error);
    try {
      onError?.(error);
    } catch (thrown) {
      reportUncaught(thrown);
    }
  });
  let listener: LocalListener;
  try {
    listener = await listenLocally(
      address,
      (socket) => {
        onConnection();
        connections.forward(socket);
      },
    );
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot ${call.action}: cannot listen at ${textOf(address)}: ${
        cause instanceof Error ? cause.message : cause
      }`,
      { cause },
    );
  }
  let release = (): void => {};
  let stopSignal = (): void => {};
  const opened = new PortListener(listener, connections, () => {
    release();
    stopSignal();
  });
  try {
    release = client.adopt(opened);
    signal?.throwIfAborted();
  } catch (error) {
    await opened.close();
    throw error;
  }
  stopSignal = onAbort(signal, () => void opened.close());
  return opened;
}

/** The connections of one listener: each stands alone. */
class ForwardedSockets {
  readonly #call: ForwardCall;
  readonly #failed: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #forwards = new Set<LocalForward>();
  readonly #all = new Set<Promise<void>>();

  constructor(call: ForwardCall, failed: (error: unknown) => void) {
    this.#call = call;
    this.#failed = failed;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Forwards a connection to a pod, chosen anew. */
  forward(socket: LocalSocket): void {
    if (this.#closing.signal.aborted) return socket.destroy();
    const done = this.#forward(socket).finally(() => this.#all.delete(done));
    this.#all.add(done);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the listener was closed"));
    for (const forward of this.#forwards) forward.close();
    await Promise.all(this.#all);
  }

  async #forward(socket: LocalSocket): Promise<void> {
    const forward = await this.#open(socket);
    if (forward !== null) {
      this.#forwards.add(forward);
      forward.start();
      await forward.done;
      this.#forwards.delete(forward);
    }
    await socket.released;
  }

  /** Opens the WebSocket; null if that fails or the listener is closed. */
  async #open(socket: LocalSocket): Promise<LocalForward | null> {
    const { action, timeout, context: { client } } = this.#call;
    const closing = this.#closing.signal;
    const deadline = startDeadline(action, timeout, closing);
    try {
      const opened = await openPort(this.#call, deadline);
      const { connection, protocol } = opened;
      const isTunnel = protocol !== V4;
      const forward = new LocalForward(socket, { ...opened, isTunnel });
      forward.onEnd((error) => {
        client.ended(connection, { exitCode: null, error });
        if (error !== null) this.#failed(error);
      });
      return forward;
    } catch (error) {
      socket.reset();
      if (!closing.aborted) this.#failed(error);
      return null;
    } finally {
      deadline.release();
    }
  }
}

/**
 * @throws {TypeError} If an option is invalid.
 * @throws {ConfigurationError} If there are no local sockets.
 */
function addressOf(options: ListenOptions, action: string): LocalAddress {
  const { hostname, port, path, onError } = options;
  const refuse = (state: string) => new TypeError(`Cannot ${action}: ${state}`);
  if (onError !== undefined && typeof onError !== "function") {
    throw refuse("onError must be a function");
  }
  if (path !== undefined) {
    if (typeof path !== "string" || path === "") {
      throw refuse("the path must be text, and not empty");
    }
    if (hostname !== undefined || port !== undefined) {
      throw refuse("a path and an address are given");
    }
  }
  if (
    hostname !== undefined && (typeof hostname !== "string" || hostname === "")
  ) throw refuse("the hostname must be text, and not empty");
  const isPort = port === undefined ||
    Number.isInteger(port) && port >= 0 && port <= 65535;
  if (!isPort) {
    throw refuse(`the local port ${port} is not a number from 0 to 65535`);
  }
  if (!hasLocalSockets()) {
    throw new ConfigurationError(
      `Cannot ${action}: this platform cannot listen; use connect or fetch`,
    );
  }
  return {
    hostname: hostname ?? "127.0.0.1",
    port: port ?? 0,
    path: path ?? null,
  };
}

function textOf({ hostname, port, path }: LocalAddress): string {
  return path ?? hostAndPort(hostname, port);
}
