import {
  type ClusterOptions,
  configFromOptions,
} from "../../src/config/cluster_options.ts";
import { Client, type ClientSettings } from "../../src/client/client.ts";
import type { Transport } from "../../src/transport/transport.ts";

/** A client of `https://server.test/prefix` over `transport`. */
export function fakeClient(
  transport: Transport,
  settings: Partial<ClientSettings> = {},
  options: Partial<ClusterOptions> = {},
): Client {
  const config = configFromOptions({
    server: "https://server.test/prefix",
    token: "s3cret",
    ...options,
  });
  return new Client({
    config,
    transport,
    namespace: "team",
    timeout: null,
    keepAlive: false,
    highWaterMark: 2 ** 20,
    ...settings,
  });
}
