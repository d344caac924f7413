import type { Transport } from "../../../src/transport/transport.ts";
import { runtime } from "../../harness.ts";
import { bunTransport } from "../../../src/adapters/bun/mod.ts";
import { denoTransport } from "../../../src/adapters/deno/mod.ts";
import { nodeTransport } from "../../../src/adapters/node/mod.ts";

/** A transport under test. */
export interface TransportSubject {
  readonly name: string;
  /**
   * The platform's WebSocket is Bun's before 1.4.1: it has no `bufferedAmount`,
   * drops queued data on `close`, and reports 1005 as 1000. Its `fetch` keeps
   * reading without demand, even after a cancel.
   */
  readonly outdated?: boolean;
  /** Creates a transport; the limit applies to those that cannot pause. */
  make(options?: { readonly bufferLimit?: number }): Transport;
}

/** The socket transport of this runtime. */
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
