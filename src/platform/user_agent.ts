import { VERSION } from "../version.ts";

interface Globals {
  readonly navigator?: { readonly userAgent?: unknown };
  readonly process?: {
    readonly versions?: Readonly<Record<string, string | undefined>>;
  };
}

/** A product of RFC 9110, 10.1.5: `Cloudflare-Workers`, `Deno/2.5.0`. */
const PRODUCT = /^[\w.-]+(\/[\w.+-]+)?$/;

/** Whether this is a browser's page, or a worker of one. */
export function isPage(): boolean {
  return runtimeOf(globalThis as Globals).startsWith("Mozilla/");
}

/**
 * The `User-Agent` of a product of ours, in the form that Kubernetes' clients
 * use: `podwire/0.1.0 (node/24.1.0)`. An API server takes what is before the
 * slash as the manager of the fields that are written.
 *
 * @returns Null in a page: the browser has its own, and a request to another
 * origin would need the server's permission for the header.
 */
export function defaultUserAgent(product = "podwire"): string | null {
  if (isPage()) return null;
  const runtime = versionOf(globalThis as Globals);
  return `${product}/${VERSION}${runtime && ` (${runtime})`}`;
}

/** The runtime, for example `node/24.1.0`; empty if it is unknown. */
export function runtimeVersion(): string {
  return versionOf(globalThis as Globals);
}

function versionOf(globals: Globals): string {
  // Node's navigator has the major version only; Bun and Deno have versions of
  // Node, too.
  const versions = globals.process?.versions ?? {};
  for (const name of ["deno", "bun", "node"]) {
    if (versions[name] !== undefined) return `${name}/${versions[name]}`;
  }
  const runtime = runtimeOf(globals);
  return PRODUCT.test(runtime) ? runtime : "";
}

function runtimeOf({ navigator }: Globals): string {
  const userAgent = navigator?.userAgent;
  return typeof userAgent === "string" ? userAgent : "";
}
