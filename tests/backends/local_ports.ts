import type { ByteServer } from "../support/byte_server.ts";
import { isModernBun } from "../../src/platform/runtime.ts";
import { runtime } from "../harness/runtime.ts";
import type { Capability } from "./backend.ts";
import type { ServePort } from "./port_peer.ts";
import { annotatedPodSpec, makeAnnotatedPod } from "./test_pod.ts";

/** What this runtime's sockets can do as peers of forwarded connections. */
export const halfOpenPorts: readonly Capability[] =
  runtime !== "bun" || isModernBun() ? ["half-open ports"] : [];

/** Ports of pods on a backend whose pods have the ports of this machine. */
export class LocalPorts {
  readonly #servers: ByteServer[] = [];

  /** Makes a port of this machine, which every pod has. */
  readonly serve: ServePort = async (pods, peer) => {
    const server = await peer.start();
    this.#servers.push(server);
    return {
      port: server.port,
      pod: (options) => makeAnnotatedPod(pods, options),
      podSpec: () => annotatedPodSpec(),
      report: () => Promise.resolve(peer.report?.() ?? ""),
    };
  };

  /** Closes the ports. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}
