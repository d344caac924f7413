import type { Transport } from "../transport/transport.ts";
import type { Host } from "./host.ts";
import { webTransport } from "../adapters/web/mod.ts";

export { defaultUserAgent } from "./user_agent.ts";

/** The web transport. */
export function defaultTransport(): Promise<Transport> {
  return Promise.resolve(webTransport());
}

/** A page has no access to the machine. */
export function hostOf(): Host | null {
  return null;
}
