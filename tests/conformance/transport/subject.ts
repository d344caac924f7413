import type { Transport } from "../../../src/transport/transport.ts";
import { runtime } from "../../harness.ts";
import { bunTransport } from "../../../src/adapters/bun/mod.ts";
import { denoTransport } from "../../../src/adapters/deno/mod.ts";
import { nodeTransport } from "../../../src/adapters/node/mod.ts";

/** A transport that is held to the contract. */
export interface TransportSubject {
  readonly name: string;
  /**
   * The platform's WebSocket is Bun's before 1.4.1: it never says how much
   * waits to be sent, drops that on `close`, and takes 1005 for 1000. Its
   * `fetch` reads on whether asked to or not, even after a cancel.
   */
  readonly outdated?: boolean;
  /** A new transport; the limit is for those that cannot pause. */
  make(options?: { readonly bufferLimit?: number }): Transport;
}

/** The socket transport of the runtime at hand. */
export function runtimeTransport(): Transport {
  switch (runtime) {
    case "deno":
      return denoTransport();
    case "bun":
      return bunTransport();
    case "node":
      return nodeTransport();
  }
}
