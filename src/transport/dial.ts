import type { ByteDuplex } from "./duplex.ts";
import type { TlsOptions } from "./transport.ts";

/** The TLS options that apply to a proxy too: never the client certificate. */
export type ProxyTls = Pick<
  TlsOptions,
  "certificateAuthority" | "insecureSkipTlsVerify"
>;

/** The server to connect to, and how. */
export interface DialTarget {
  readonly hostname: string;
  readonly port: number;
  /** Null for plain TCP. */
  readonly tls: TlsOptions | null;
  readonly proxy: URL | null;
  /** Which certificates to trust for an `https:` proxy. */
  readonly proxyTls: ProxyTls;
  /** The `User-Agent` for a proxy. */
  readonly userAgent?: string;
  readonly signal: AbortSignal;
}

/**
 * Opens a socket; the only function that an adapter must provide. Rejects with
 * `ConnectError` or with the signal's reason.
 */
export type Dial = (target: DialTarget) => Promise<ByteDuplex>;
