import type { ClusterConfig } from "../../src/config/cluster_config.ts";
import type { TransportTarget } from "../../src/transport/transport.ts";

/** The headers that a configuration gives one connection. */
export async function headersOf(
  config: ClusterConfig | null,
  signal: AbortSignal = new AbortController().signal,
): Promise<TransportTarget["headers"] | undefined> {
  return (await config?.authenticate(signal))?.headers;
}
