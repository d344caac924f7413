import type { Api, Pod } from "../../mod.ts";
import { type ByteServer, startByteServer } from "../support/byte_server.ts";
import { isModernBun } from "../../src/platform/runtime.ts";
import { runtime } from "../harness/runtime.ts";
import type { Capability, PodPort } from "./backend.ts";
import { makeAnnotatedPod } from "./test_pod.ts";

/** What this runtime's sockets can do as peers of forwarded connections. */
export const halfOpenPorts: readonly Capability[] =
  runtime !== "bun" || isModernBun() ? ["half-open ports"] : [];

/** Ports of pods on a backend whose pods have the ports of this machine. */
export class LocalEcho {
  readonly #servers: ByteServer[] = [];

  /** Creates a pod with a port that sends back what it receives. */
  async open(pods: Api<typeof Pod>): Promise<PodPort> {
    const server = await startByteServer((socket) => {
      socket.on("data", (chunk: Uint8Array) => {
        if (socket.write(new Uint8Array(chunk))) return;
        socket.pause();
        socket.once("drain", () => socket.resume());
      });
      socket.on("end", () => socket.end());
    }, { allowHalfOpen: true });
    this.#servers.push(server);
    const pod = await makeAnnotatedPod(pods, { halfCloses: true });
    return { pod, port: server.port };
  }

  /** Closes the ports. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}
