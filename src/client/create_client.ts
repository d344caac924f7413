import { optionalString, refuse } from "../config/validate.ts";
import type { ClusterConfig } from "../config/cluster_config.ts";
import { findConfig } from "../config/find_config.ts";
import type { Kubeconfig } from "../config/kubeconfig.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import type { Host } from "../platform/host.ts";
import type { ProtocolOption } from "../channel/subprotocols.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import type { Transport } from "../transport/transport.ts";
import type { CallReports } from "./call_report.ts";
import type { Client } from "./client.ts";
import type { ClientEvent, ClientListener } from "./client_event.ts";
import { ClusterClient } from "./cluster_client.ts";
import { isTimeout, TIMEOUT_RULE } from "./deadline.ts";

/**
 * Options of `createClient`. With `server`, the cluster is exactly what the
 * options describe; without it, a kubeconfig or the pod's own account is used.
 */
export interface ClientOptions {
  /**
   * The path of a kubeconfig, or a result of `loadKubeconfig` or
   * `parseKubeconfig` of `@podwire/podwire/kubeconfig`. Defaults to the files in
   * `KUBECONFIG`, then to `~/.kube/config`.
   */
  readonly kubeconfig?: string | Kubeconfig;
  /** The kubeconfig's context; defaults to its current context. */
  readonly context?: string;

  /** The API server's URL; its path, for example of a proxy, is kept. */
  readonly server?: string | URL;
  /**
   * A bearer token, or a function that returns one. The function is called for
   * each request and session, and once more after a 401.
   */
  readonly token?: string | (() => Promise<string>);
  /** PEM certificates to trust instead of the runtime's own. */
  readonly certificateAuthority?: string;
  /** PEM client certificate chain; requires `clientKey`. */
  readonly clientCertificate?: string;
  /** PEM private key of `clientCertificate`. */
  readonly clientKey?: string;
  /** Accept any server certificate; defaults to false. */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name to verify in the server's certificate instead of the URL's. */
  readonly tlsServerName?: string;
  /**
   * URL of a proxy, `http:`, `https:`, `socks5:` or `socks5h:`, with optional
   * credentials; null: no proxy. Defaults to the environment's.
   */
  readonly proxy?: string | URL | null;

  /** The default namespace of calls; overrides the kubeconfig's. */
  readonly namespace?: string;
  /** The default timeout of calls in milliseconds; null (the default): no limit. */
  readonly timeout?: number | null;
  /**
   * The transport; defaults to the runtime's own. In a bundle of the npm package
   * for browsers that is `webTransport()`, and no kubeconfig is looked for.
   */
  readonly transport?: Transport;
  /** The keep-alive of live sessions; false: none. */
  readonly keepAlive?: KeepAliveOptions | false;
  /**
   * Limits exec and attach to one subprotocol. By default, `"auto"`, a session
   * without stdin, or with a tty, uses v4: it notices when the API server loses
   * the node, which v5 reports as a success. Any other stdin needs v5 to be
   * closed.
   */
  readonly protocol?: "auto" | "v5" | "v4";
  /**
   * Bytes buffered for each channel of a session before its socket is paused;
   * defaults to 1 MiB.
   */
  readonly highWaterMark?: number;
  /**
   * The `User-Agent` of every request and upgrade; visible ASCII characters and
   * spaces. Defaults to `podwire/VERSION (RUNTIME/VERSION)`, and in a page to the
   * browser's own. A standard `WebSocket` leaves it out, and a proxy's CONNECT
   * has it, too. A header of `client.request` replaces it.
   */
  readonly userAgent?: string;
  /**
   * How calls are repeated that the server refuses for now; false: not at all.
   * See {@linkcode RetryOptions}.
   */
  readonly retry?: RetryOptions | false;
  /**
   * Called with what the client does: requests, upgrades, responses, retries and
   * ends, for logs, metrics and traces. It is called at once, between the steps
   * of the call, so it should return soon.
   *
   * An exception from it fails no call. As that of an event listener, it is
   * reported (`reportError`), or else uncaught.
   */
  readonly onEvent?: (event: ClientEvent) => void;
}

/**
 * How a client repeats what the server refuses with 429 or 503 and a
 * `Retry-After`, requests and upgrades alike: the server has not acted then. It
 * waits as long as the server asks, and a random time more.
 *
 * A delay of more than a minute, or beyond the call's timeout, is not begun: the
 * call rejects at once, and the error's `retryAfter` has the delay. Nothing else
 * is repeated, a lost connection for example, as the server may have acted.
 * Watches and followed logs have their own retries.
 */
export interface RetryOptions {
  /** How often a call is repeated at most; defaults to 5. */
  readonly limit?: number;
}

const CLIENT_OPTIONS: OptionNames<ClientOptions> = {
  kubeconfig: true,
  context: true,
  server: true,
  token: true,
  certificateAuthority: true,
  clientCertificate: true,
  clientKey: true,
  insecureSkipTlsVerify: true,
  tlsServerName: true,
  proxy: true,
  namespace: true,
  timeout: true,
  transport: true,
  keepAlive: true,
  protocol: true,
  highWaterMark: true,
  userAgent: true,
  retry: true,
  onEvent: true,
};

const KEEP_ALIVE: Required<KeepAliveOptions> = {
  interval: 30_000,
  timeout: 60_000,
  activity: 60_000,
};

const KEEP_ALIVE_OPTIONS: OptionNames<KeepAliveOptions> = {
  interval: true,
  timeout: true,
  activity: true,
};

const RETRY_OPTIONS: OptionNames<RetryOptions> = { limit: true };

const RETRY_LIMIT = 5;

const HIGH_WATER_MARK = 2 ** 20;

/**
 * Creates a client. The cluster comes from the first of these that exists: the
 * option `server` with its companions; the option `kubeconfig`; the files of
 * `KUBECONFIG`, or else `~/.kube/config`; the account of the pod that this runs
 * in.
 *
 * If none of them names a proxy, the environment may: `HTTPS_PROXY`,
 * `HTTP_PROXY` and `NO_PROXY` are read once, here, with kubectl's rules.
 *
 * Nothing is sent yet: a wrong address or token shows in the first call.
 *
 * @throws {ConfigurationError} No cluster is found, or an option is invalid.
 * @throws {TypeError} An option does not exist, options exclude each other, or
 * `userAgent` cannot be sent.
 * @throws {RangeError} The limit of `retry` is no whole number.
 */
export async function createClient(
  options: ClientOptions = {},
): Promise<Client> {
  checkOptions(options, CLIENT_OPTIONS, "create a client");
  return await createClientOf(
    options,
    (host, network) => findConfig(options, host, network),
  );
}

/**
 * Creates a client whose cluster is found by `find`, whatever the options say of
 * clusters; for the program.
 */
export async function createClientOf(
  options: ClientOptions,
  find: (host: Host | null, network?: boolean) => Promise<ClusterConfig>,
): Promise<Client> {
  const behaviour = behaviourOf(options);
  const { defaultTransport, defaultUserAgent, hostOf } = await import(
    "../platform/platform.ts"
  );
  const reports = await reportsOf(options.onEvent);
  const host = hostOf();
  const transport = behaviour.transport ?? await defaultTransport();
  const { network } = transport.capabilities;
  const found = await find(host, network);
  // A transport without proxy support may use the environment's by itself.
  const direct = options.proxy === null || !transport.capabilities.tls;
  const config = direct ? found : await throughEnvironment(found, host);
  return new ClusterClient({
    ...behaviour,
    reports,
    userAgent: behaviour.userAgent ?? defaultUserAgent(),
    config,
    namespace: behaviour.namespace ?? config.namespace,
    transport,
  });
}

/** Applies the environment's proxy, unless the configuration has its own. */
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
  const { onEvent } = options;
  if (onEvent !== undefined && typeof onEvent !== "function") {
    throw new TypeError(
      'Cannot create a client: the option "onEvent" must be a function',
    );
  }
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
    protocol: protocolOf(options.protocol),
    namespace: optionalString(options.namespace, 'the option "namespace"'),
    transport: transportOf(options.transport),
    userAgent: userAgentOf(options.userAgent),
    retryLimit: retryLimitOf(options.retry),
  };
}

/** Visible ASCII characters, with spaces in between (RFC 9110, 5.5). */
const USER_AGENT = /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/;

function userAgentOf(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined;
  if (typeof userAgent === "string" && USER_AGENT.test(userAgent)) {
    return userAgent;
  }
  throw new TypeError(
    'Cannot create a client: the option "userAgent" must be visible ASCII ' +
      "characters, with single spaces in between",
  );
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

function retryLimitOf(retry: RetryOptions | false = {}): number {
  if (retry === false) return 0;
  checkOptions(retry, RETRY_OPTIONS, 'use the option "retry"');
  const { limit = RETRY_LIMIT } = retry;
  if (Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new RangeError(
    'Cannot create a client: the limit of the option "retry" must be a whole ' +
      "number, 0 or above",
  );
}

async function reportsOf(
  onEvent: ClientListener | undefined,
): Promise<CallReports | null> {
  if (onEvent === undefined) return null;
  const { CallReports } = await import("./call_report.ts");
  return new CallReports(onEvent);
}

function keepAliveOf(
  keepAlive: KeepAliveOptions | false = KEEP_ALIVE,
): Required<KeepAliveOptions> | false {
  if (keepAlive === false) return false;
  const what = 'the option "keepAlive"';
  if (typeof keepAlive !== "object" || keepAlive === null) {
    refuse(what, "it must be false, or an object of times in milliseconds");
  }
  checkOptions(keepAlive, KEEP_ALIVE_OPTIONS, `use ${what}`);
  const {
    interval = KEEP_ALIVE.interval,
    timeout = KEEP_ALIVE.timeout,
    activity = KEEP_ALIVE.activity,
  } = keepAlive;
  const settings = { interval, timeout, activity };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "number" && isTimeout(value)) continue;
    refuse(what, `its ${name} must be milliseconds above 0`);
  }
  return settings;
}

function protocolOf(protocol: ProtocolOption = "auto"): ProtocolOption {
  if (["auto", "v5", "v4"].includes(protocol)) return protocol;
  refuse('the option "protocol"', 'it must be "auto", "v5" or "v4"');
}
