import type { Transport } from "../transport/transport.ts";
import type { Host } from "./host.ts";
import { webTransport } from "../adapters/web/mod.ts";

/** A page has the transport of the web's standards. */
export function defaultTransport(): Promise<Transport> {
  return Promise.resolve(webTransport());
}

/** A page has no machine to look at. */
export function hostOf(): Host | null {
  return null;
}
