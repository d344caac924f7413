import type { Transport } from "../../src/transport/transport.ts";
import { runtime } from "../harness.ts";
import { bunTransport } from "../../src/adapters/bun.ts";
import { denoTransport } from "../../src/adapters/deno.ts";
import { nodeTransport } from "../../src/adapters/node.ts";

/** A transport that is held to the contract. */
export interface Subject {
  readonly name: string;
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
