import { checkOptions } from "../../options.ts";
import { checkTls } from "../../transport/tls_options.ts";
import type { TlsOptions } from "../../transport/transport.ts";

/**
 * What `portForward.fetch` takes besides the URL: method, headers, body and
 * signal as for a standard `fetch`. Redirects are never followed; with
 * `redirect: "error"` one is a `TypeError`. What only concerns browsers, such as
 * `mode` and `credentials`, is ignored.
 */
export interface PortFetchInit extends RequestInit {
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /**
   * Milliseconds until the response's head; null for no limit; defaults to the
   * client's `timeout`.
   */
  readonly timeout?: number | null;
  /** For `https:`: PEM certificates to trust instead of the runtime's own. */
  readonly certificateAuthority?: string;
  /** For `https:`: PEM client certificate chain; requires `clientKey`. */
  readonly clientCertificate?: string;
  /** For `https:`: PEM private key of `clientCertificate`. */
  readonly clientKey?: string;
  /** For `https:`: accept any certificate of the server; defaults to false. */
  readonly insecureSkipTlsVerify?: boolean;
  /** For `https:`: the name to verify and to send, instead of the URL's host. */
  readonly tlsServerName?: string;
}

const FETCH_OPTIONS: Readonly<Record<string, true>> = {
  namespace: true,
  timeout: true,
  certificateAuthority: true,
  clientCertificate: true,
  clientKey: true,
  insecureSkipTlsVerify: true,
  tlsServerName: true,
  // Those of the standard. What only concerns browsers is ignored.
  body: true,
  cache: true,
  credentials: true,
  duplex: true,
  headers: true,
  integrity: true,
  keepalive: true,
  method: true,
  mode: true,
  priority: true,
  redirect: true,
  referrer: true,
  referrerPolicy: true,
  signal: true,
  window: true,
};

/** @throws {TypeError} If there is no such option. */
export function checkFetchOptions(init: unknown): void {
  checkOptions(init, FETCH_OPTIONS, "fetch from a pod");
}

/** @throws {TypeError} If it is no URL of HTTP. */
export function parseUrl(input: string | URL): URL {
  if (!URL.canParse(String(input))) {
    throw new TypeError("Cannot fetch from a pod: the URL is not valid");
  }
  const url = new URL(input);
  if (!/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      `Cannot fetch from a pod: the URL's protocol is ${url.protocol}`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      `Cannot fetch from a pod: the URL has credentials; set a header instead`,
    );
  }
  return url;
}

/** The options of TLS, by their names in {@linkcode TlsOptions}. */
const TLS_OPTIONS = {
  certificateAuthority: "certificateAuthority",
  clientCertificate: "clientCertificate",
  clientKey: "clientKey",
  insecureSkipTlsVerify: "insecureSkipTlsVerify",
  serverName: "tlsServerName",
} as const;

/** TLS sessions are used again for calls that share the object. */
const RUNTIME_TRUST: TlsOptions = {};

/**
 * How to verify the server of an `https:` URL; null for `http:`.
 *
 * @throws {TypeError} If an option has the wrong type, or the URL is `http:`.
 * @throws {ConfigurationError} If an option cannot be used.
 */
export function tlsOf(url: URL, init: PortFetchInit): TlsOptions | null {
  const options: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(TLS_OPTIONS)) {
    const value = init[given];
    if (value === undefined) continue;
    const isFlag = name === "insecureSkipTlsVerify";
    if (isFlag ? typeof value !== "boolean" : typeof value !== "string") {
      throw new TypeError(
        `Cannot fetch from a pod: the option "${given}" must be ` +
          (isFlag ? "true or false" : "text"),
      );
    }
    if (url.protocol === "http:") {
      throw new TypeError(
        `Cannot fetch from a pod: the option "${given}" is for https: URLs`,
      );
    }
    options[name] = value;
  }
  if (url.protocol === "http:") return null;
  if (Object.keys(options).length === 0) return RUNTIME_TRUST;
  checkTls(options);
  return options;
}
