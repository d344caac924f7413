import type { ClusterConfig } from "../../src/config/cluster_config.ts";
import type { RequestHeaders } from "../../src/transport/transport.ts";

/** The headers with which a configuration authenticates a request. */
export async function headersOf(
  config: ClusterConfig | null,
  signal: AbortSignal = new AbortController().signal,
): Promise<RequestHeaders | undefined> {
  return (await config?.authenticate(signal))?.headers;
}
