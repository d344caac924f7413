import type { ExplicitOptions } from "../config/explicit.ts";
import type { KubeconfigOptions } from "../config/find_config.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import type { Transport } from "../transport/transport.ts";

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
  extends ClientBehaviour, KubeconfigOptions, Partial<ExplicitOptions> {
  /** The namespace of calls that name none, before the kubeconfig's own. */
  readonly namespace?: string;
}
