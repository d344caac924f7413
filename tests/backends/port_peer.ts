import type { Api, Pod, PodSpec } from "../../mod.ts";
import type { ByteServer } from "../support/byte_server.ts";
import type { PodOptions } from "./backend.ts";

/**
 * What answers the connections to a port of a pod. It is written twice: real
 * clusters run a script in the pod, and elsewhere the ports of a pod are those
 * of this machine.
 */
export interface PortPeer {
  /** Serves it at a port of this machine. */
  start(): Promise<ByteServer>;
  /** The shell script that a pod runs for each connection, its stdin and stdout. */
  readonly script: string;
  /** Files for the script, by their paths. */
  readonly files?: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /** What the peer tells besides; a script writes it to `/tmp/report`. */
  report?(): string;
}

/** A port with a peer, and pods that have it. */
export interface ServedPort {
  readonly port: number;
  /** Creates a pod with this port, waits until it listens, and returns its name. */
  pod(options?: PodOptions): Promise<string>;
  /** The spec of such a pod, without the peer's files, for a workload. */
  podSpec(): PodSpec;
  /** What the peer has told so far, in a pod of this port. */
  report(pod: string): Promise<string>;
}

/** Makes a port whose connections a peer answers. */
export type ServePort = (
  pods: Api<typeof Pod>,
  peer: PortPeer,
) => Promise<ServedPort>;
