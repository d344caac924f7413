import type { Bytes } from "../../bytes.ts";

/** A connection that a client has opened to a port of a pod: the pod's side. */
export interface PodConnection {
  /** The name of the pod. */
  readonly pod: string;
  /** The namespace of the pod. */
  readonly namespace: string;
  /** The port of the pod. */
  readonly port: number;
  /** What the client sends. Ends when the client half-closes or is gone. */
  readonly readable: ReadableStream<Bytes>;
  /**
   * What the client receives: text or bytes. A write resolves when there is room
   * for more. Closing it ends this direction; aborting it resets the connection.
   */
  readonly writable: WritableStream<string | Uint8Array>;
  /** Aborted when the client or the pod is gone. */
  readonly signal: AbortSignal;
}

/**
 * Serves the connections to a port. A connection ends when the promise that it
 * returns resolves, or, without a promise, when both streams have ended. An error
 * resets the connection.
 *
 * @example
 * ```ts
 * import type { PortHandler } from "@podwire/podwire/testing";
 *
 * const echo: PortHandler = ({ readable, writable }) =>
 *   readable.pipeTo(writable);
 *
 * const hello: PortHandler = async ({ pod, writable }) => {
 *   const writer = writable.getWriter();
 *   await writer.write(`This is ${pod}\n`);
 *   await writer.close();
 * };
 * ```
 */
export type PortHandler = (connection: PodConnection) => void | Promise<void>;

/**
 * What serves the ports of pods: a function for all of them, or, by the port, a
 * function or the port of this machine to connect to instead.
 */
export type PodPorts =
  | PortHandler
  | Readonly<Record<number, PortHandler | number>>;
