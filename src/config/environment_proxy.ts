import type { Host } from "../platform/host.ts";
import { defineInspection } from "../redact.ts";
import type { TlsOptions } from "../transport/transport.ts";
import {
  type ClusterConfig,
  type Identity,
  inspectConfig,
} from "./cluster_config.ts";
import { matchesNoProxy } from "./no_proxy.ts";
import { proxyUrl, refuse } from "./validate.ts";

/**
 * Applies the environment's proxy, if there is one. This module of its own is
 * left out of bundles for browsers by the npm package.
 */
export function withEnvironmentProxy(
  config: ClusterConfig,
  host: Host,
): ClusterConfig {
  const proxy = environmentProxy(config.server, host);
  return proxy === null ? config : new ProxiedConfig(config, proxy);
}

/**
 * The environment's proxy for `server`, with kubectl's rules: `HTTPS_PROXY` or
 * `HTTP_PROXY`, by the server's scheme, unless `NO_PROXY` exempts the server;
 * lower case works too. Variables that cannot be read count as not set.
 *
 * @returns Null if there is none.
 * @throws {ConfigurationError} The value is not a proxy, or this is a CGI
 * program, whose `HTTP_PROXY` may be a header from a client.
 */
export function environmentProxy(server: URL, host: Host): URL | null {
  const secure = server.protocol === "https:";
  const proxy = findVariable(host, secure ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy === null) return null;
  const setting = `the environment variable ${proxy.name}`;
  if (!secure && host.grantedEnv("REQUEST_METHOD")) {
    refuse(setting, "a CGI program cannot trust it");
  }
  const noProxy = findVariable(host, "NO_PROXY");
  if (matchesNoProxy(server, noProxy?.value ?? "")) return null;
  return proxyUrl(withScheme(proxy.value), setting);
}

/** The variable in upper or lower case, whichever is set and not empty. */
function findVariable(
  host: Host,
  upperCase: string,
): { readonly name: string; readonly value: string } | null {
  for (const name of [upperCase, upperCase.toLowerCase()]) {
    const value = host.grantedEnv(name);
    if (value) return { name, value };
  }
  return null;
}

/** `proxy:3128` is an HTTP proxy. */
function withScheme(value: string): string {
  return /^[a-z][a-z\d+.-]*:\/\/[^/]/i.test(value) ? value : `http://${value}`;
}

/** A configuration without a proxy of its own, through the environment's. */
class ProxiedConfig implements ClusterConfig {
  readonly #config: ClusterConfig;
  readonly #proxy: URL;

  constructor(config: ClusterConfig, proxy: URL) {
    this.#config = config;
    this.#proxy = proxy;
  }

  get server(): URL {
    return this.#config.server;
  }

  get tls(): TlsOptions {
    return this.#config.tls;
  }

  get proxy(): URL {
    return new URL(this.#proxy);
  }

  get namespace(): string | null {
    return this.#config.namespace;
  }

  authenticate(signal: AbortSignal): Promise<Identity> {
    return this.#config.authenticate(signal);
  }

  close(): Promise<void> {
    return this.#config.close();
  }
}

defineInspection(ProxiedConfig, inspectConfig);
