import { decodeLatin1, encodeText } from "../bytes.ts";
import type { RequestHeaders } from "../transport/transport.ts";
import type { Mapping } from "./kubeconfig_document.ts";
import { refuse } from "./validate.ts";

/** Ends a header's line, or is not allowed in one (RFC 9110, 5.5). */
// deno-lint-ignore no-control-regex
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * The `Impersonate-*` headers for a kubeconfig's user ("User impersonation" in
 * the Kubernetes reference): one header for each group and for each value of an
 * extra field.
 *
 * @throws {ConfigurationError} A value does not fit a header.
 */
export function impersonationHeaders(user: Mapping): RequestHeaders {
  const as = user.string("as");
  const uid = user.string("as-uid");
  const groups = user.strings("as-groups");
  const extra = user.mapping("as-user-extra");
  if (as === undefined) {
    if (uid !== undefined || groups.length > 0 || extra?.keys().length) {
      refuse(user.title, 'it impersonates without naming a user ("as")');
    }
    return {};
  }
  const headers: Record<string, string | readonly string[]> = {
    "impersonate-user": headerValue(as, user.label("as")),
  };
  if (uid !== undefined) {
    headers["impersonate-uid"] = headerValue(uid, user.label("as-uid"));
  }
  if (groups.length > 0) {
    const label = user.label("as-groups");
    headers["impersonate-group"] = groups.map((it) => headerValue(it, label));
  }
  return extra ? { ...headers, ...extraHeaders(extra) } : headers;
}

function extraHeaders(extra: Mapping): RequestHeaders {
  const headers: Record<string, string[]> = {};
  for (const name of extra.keys()) {
    const label = extra.label(name);
    const values = extra.strings(name).map((it) => headerValue(it, label));
    // Names that differ only in case are the same header.
    (headers[`impersonate-extra-${headerKey(name, extra)}`] ??= [])
      .push(...values);
  }
  return headers;
}

function headerKey(name: string, extra: Mapping): string {
  if (!name.isWellFormed()) refuse(extra.title, "a name is not valid Unicode");
  // encodeURIComponent leaves these two, and a header name cannot have them.
  return encodeURIComponent(name.toLowerCase())
    .replaceAll("(", "%28").replaceAll(")", "%29");
}

/** Its UTF-8 bytes, each as a character, which is how headers hold them. */
function headerValue(value: string, label: string): string {
  if (CONTROL.test(value)) {
    refuse(label, "it has characters that no header can have");
  }
  return decodeLatin1(encodeText(value));
}
