import { refuse, serverUrl } from "./checks.ts";
import type { Section } from "./section.ts";

/**
 * The server of a kubeconfig's cluster, as client-go takes it: without a scheme
 * it is plain HTTP and has no path, and a query or a fragment does not count.
 *
 * @throws {ConfigurationError} It is none.
 */
export function serverOf(cluster: Section): URL {
  const label = cluster.label("server");
  const text = cluster.string("server")?.replace(/[?#].*$/s, "");
  if (text === undefined) refuse(label, "there is none");
  return serverUrl(withScheme(text, label), label);
}

/**
 * Whether credentials may go there. As in client-go they are kept to HTTPS; but
 * what is sent to this very machine nobody overhears.
 */
export function takesCredentials({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || hostname === "localhost" ||
    hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function withScheme(text: string, label: string): string {
  if (text.includes("://")) return text;
  if (/^[^/]+\/?$/.test(text)) return `http://${text}`;
  refuse(label, "it has a path, and so needs a scheme, as in https://");
}
