import {
  type ClusterOptions,
  configFromOptions,
} from "../../src/config/cluster_options.ts";
import {
  type ClientSettings,
  ClusterClient,
} from "../../src/client/cluster_client.ts";
import type { Transport } from "../../src/transport/transport.ts";

/** A client of `https://server.test/prefix` over `transport`. */
export function fakeClient(
  transport: Transport,
  settings: Partial<ClientSettings> = {},
  options: Partial<ClusterOptions> = {},
): ClusterClient {
  const config = configFromOptions({
    server: "https://server.test/prefix",
    token: "s3cret",
    ...options,
  });
  return new ClusterClient({
    config,
    transport,
    namespace: "team",
    timeout: null,
    keepAlive: false,
    protocol: "auto",
    highWaterMark: 2 ** 20,
    userAgent: null,
    retryLimit: 5,
    reports: null,
    ...settings,
  });
}
