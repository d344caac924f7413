import type { Bytes } from "../../bytes.ts";

/** Receives what comes from a port of a pod. */
export interface PortReceiver {
  /** Receives bytes, and owns them. */
  data(bytes: Bytes): void;
  /** The pod sends no more. */
  ended(): void;
  /** The connection is broken: nothing follows. */
  failed(reason: string): void;
}

/** A connection to a port of a pod, as the port-forward protocols see it. */
export interface PortConnection {
  /** Starts delivery; called once. */
  open(receiver: PortReceiver): void;
  /** @returns False when the buffer is full: wait for `drained`. */
  write(bytes: Bytes): boolean;
  /** Resolves when there is room or the connection has ended. */
  drained(): Promise<void>;
  /** The client sends no more. */
  end(): void;
  /** Stops reading, so that the pod blocks. */
  pause(): void;
  resume(): void;
  /** The client is gone: what was written still arrives, then it ends. */
  release(): void;
}

/** The pod that is connected to. */
export interface PortTarget {
  readonly pod: string;
  readonly namespace: string;
  /** Aborted when the pod is gone, which breaks its connections. */
  readonly gone: AbortSignal;
}

/**
 * Connects to a port of a pod.
 *
 * @throws {Error} It is refused; the message is the container runtime's.
 */
export type PortDialer = (
  port: number,
  target: PortTarget,
) => Promise<PortConnection>;

/** What a runtime reports of a connection that the pod has reset. */
export const CONNECTION_RESET = "read: connection reset by peer";

/** What containerd reports of a port that nobody listens on. */
export function refusedPort(
  port: number,
  [v4, v6]: readonly [string, string] = [
    "connection refused",
    "connection refused",
  ],
): Error {
  return new Error(
    `failed to connect to localhost:${port} inside namespace "host", ` +
      `IPv4: dial tcp4 127.0.0.1:${port}: connect: ${v4} ` +
      `IPv6 dial tcp6 [::1]:${port}: connect: ${v6} `,
  );
}
