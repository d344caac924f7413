import { optionalString, refuse } from "../config/validate.ts";
import type { ClusterConfig } from "../config/cluster_config.ts";
import type { ClusterOptions } from "../config/cluster_options.ts";
import { findConfig, type KubeconfigOptions } from "../config/find_config.ts";
import type { Host } from "../platform/host.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import type { Transport } from "../transport/transport.ts";
import { Client } from "./client.ts";
import { isTimeout, TIMEOUT_RULE } from "./deadline.ts";

/** How a client behaves, whatever its cluster. */
export interface ClientBehaviour {
  /** The namespace of calls that name none, before the kubeconfig's own. */
  readonly namespace?: string;
  /** Milliseconds, the limit of every call that names none; null (the default): no limit. */
  readonly timeout?: number | null;
  /**
   * What carries the requests; the runtime's own unless said. Where a bundler
   * took npm's package for browsers, that is `webTransport()`, and no kubeconfig
   * is looked for, wherever the bundle runs.
   */
  readonly transport?: Transport;
  /** Pings of live sessions; 30 s and 60 s unless said, false for none. */
  readonly keepAlive?: KeepAliveOptions | false;
  /** Bytes kept for each channel before the socket is paused; 1 MiB unless said. */
  readonly highWaterMark?: number;
}

/**
 * Options of `createClient`. With `server`, the cluster is exactly what the
 * options say; without it, it is found: see there.
 */
export interface ClientOptions
  extends ClientBehaviour, KubeconfigOptions, Partial<ClusterOptions> {
  /** The namespace of calls that name none, before the kubeconfig's own. */
  readonly namespace?: string;
}

const KEEP_ALIVE: KeepAliveOptions = { interval: 30_000, timeout: 60_000 };
const HIGH_WATER_MARK = 2 ** 20;

/**
 * Makes a client. Its cluster is, in this order: the one that the option
 * `server` and its neighbours say; the given `kubeconfig`; the one in the files
 * of `KUBECONFIG`, or else `~/.kube/config`; the one whose pod this runs in.
 *
 * When that names no proxy, the environment may: `HTTPS_PROXY`, `HTTP_PROXY` and
 * `NO_PROXY`, by kubectl's rules, read here and now.
 *
 * Nothing is sent yet: a wrong address or token shows with the first call.
 *
 * @throws {ConfigurationError} No cluster was found, or an option is wrong; the
 * message names it.
 */
export async function createClient(
  options: ClientOptions = {},
): Promise<Client> {
  if (typeof options !== "object" || options === null) {
    refuse("the options", "they must be an object");
  }
  const behaviour = behaviourOf(options);
  const { defaultTransport, hostOf } = await import(
    "../platform/platform.ts"
  );
  const host = hostOf();
  const transport = behaviour.transport ?? await defaultTransport();
  const found = await findConfig(options, host);
  // What a transport without proxies does about the environment's is its own.
  const direct = options.proxy === null || !transport.capabilities.tls;
  const config = direct ? found : await throughEnvironment(found, host);
  return new Client({
    ...behaviour,
    config,
    namespace: behaviour.namespace ?? config.namespace,
    transport,
  });
}

/** The configuration's own proxy, else that of the environment, if any. */
async function throughEnvironment(
  config: ClusterConfig,
  host: Host | null,
): Promise<ClusterConfig> {
  if (config.proxy !== null || host === null) return config;
  const { withEnvironmentProxy } = await import(
    "../config/environment_proxy.ts"
  );
  return withEnvironmentProxy(config, host);
}

function behaviourOf(options: ClientOptions) {
  const { timeout = null, highWaterMark = HIGH_WATER_MARK } = options;
  if (!isTimeout(timeout)) refuse('the option "timeout"', TIMEOUT_RULE);
  if (!Number.isSafeInteger(highWaterMark) || highWaterMark <= 0) {
    refuse(
      'the option "highWaterMark"',
      "it must be a number of bytes above 0",
    );
  }
  return {
    timeout,
    highWaterMark,
    keepAlive: keepAliveOf(options.keepAlive),
    namespace: optionalString(options.namespace, 'the option "namespace"'),
    transport: transportOf(options.transport),
  };
}

function transportOf(transport: Transport | undefined): Transport | undefined {
  if (transport === undefined) return undefined;
  const { request, connect, close, capabilities } = transport ?? {};
  const methods = [request, connect, close];
  if (!capabilities || methods.some((it) => typeof it !== "function")) {
    refuse('the option "transport"', "it is not a Transport");
  }
  return transport;
}

function keepAliveOf(
  keepAlive: KeepAliveOptions | false = KEEP_ALIVE,
): KeepAliveOptions | false {
  if (keepAlive === false) return false;
  const { interval, timeout } = keepAlive ?? {};
  for (const value of [interval, timeout]) {
    if (typeof value !== "number" || !isTimeout(value)) {
      refuse(
        'the option "keepAlive"',
        "it must be false, or an interval and a timeout in milliseconds above 0",
      );
    }
  }
  return { interval, timeout };
}
