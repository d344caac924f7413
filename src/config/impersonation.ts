import { refuse } from "./checks.ts";
import type { Section } from "./section.ts";

/**
 * Whom a kubeconfig's user acts as, in the `Impersonate-*` headers of the
 * Kubernetes API ("User impersonation" in its reference).
 *
 * @throws {ConfigurationError} It cannot be said in headers.
 */
export function impersonationHeaders(user: Section): Record<string, string> {
  const as = user.string("as");
  const uid = user.string("as-uid");
  const groups = user.strings("as-groups");
  const extra = user.section("as-user-extra");
  if (as === undefined) {
    if (uid !== undefined || groups.length > 0 || extra) {
      refuse(user.title, 'it impersonates without naming a user ("as")');
    }
    return {};
  }
  const headers: Record<string, string> = {
    "impersonate-user": headerValue(as, user.label("as")),
  };
  if (uid !== undefined) {
    headers["impersonate-uid"] = headerValue(uid, user.label("as-uid"));
  }
  const group = single(groups, user.label("as-groups"));
  if (group !== undefined) headers["impersonate-group"] = group;
  return extra ? { ...headers, ...extraHeaders(extra) } : headers;
}

function extraHeaders(extra: Section): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of extra.names()) {
    const value = single(extra.strings(name), extra.label(name));
    if (value !== undefined) {
      headers[`impersonate-extra-${headerKey(name, extra)}`] = value;
    }
  }
  return headers;
}

/** One value a header: a transport's headers hold no name twice. */
function single(values: readonly string[], label: string): string | undefined {
  const value = values[0];
  if (values.length > 1) refuse(label, "more than one value is not supported");
  return value === undefined ? undefined : headerValue(value, label);
}

function headerKey(name: string, extra: Section): string {
  if (!name.isWellFormed()) refuse(extra.title, "a name is not valid Unicode");
  // The two that encodeURIComponent leaves, and no header name may have.
  return encodeURIComponent(name.toLowerCase())
    .replaceAll("(", "%28").replaceAll(")", "%29");
}

function headerValue(value: string, label: string): string {
  if (/^[\x20-\x7e]+$/.test(value)) return value;
  refuse(label, "it has characters that no header can have");
}
