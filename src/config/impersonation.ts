import { encodeText } from "../bytes.ts";
import type { RequestHeaders } from "../transport/transport.ts";
import { refuse } from "./validate.ts";
import type { Mapping } from "./kubeconfig_document.ts";

/** What would end a header's line, or no header may have (RFC 9110, 5.5). */
// deno-lint-ignore no-control-regex
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * Whom a kubeconfig's user acts as, in the `Impersonate-*` headers of the
 * Kubernetes API ("User impersonation" in its reference): one of each group,
 * and one of each value of an extra field.
 *
 * @throws {ConfigurationError} It cannot be said in headers.
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
    // Names that differ in case alone are one name to the server.
    (headers[`impersonate-extra-${headerKey(name, extra)}`] ??= [])
      .push(...values);
  }
  return headers;
}

function headerKey(name: string, extra: Mapping): string {
  if (!name.isWellFormed()) refuse(extra.title, "a name is not valid Unicode");
  // The two that encodeURIComponent leaves, and no header name may have.
  return encodeURIComponent(name.toLowerCase())
    .replaceAll("(", "%28").replaceAll(")", "%29");
}

/** The bytes of its UTF-8, each as a character: that is how headers hold them. */
function headerValue(value: string, label: string): string {
  if (CONTROL.test(value)) {
    refuse(label, "it has characters that no header can have");
  }
  return Array.from(encodeText(value), (it) => String.fromCharCode(it)).join(
    "",
  );
}
