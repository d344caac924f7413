import { isQuotable, stripEscapes } from "../redact.ts";

/** Whether a 400 says that the pod has several containers and none is named. */
export function asksForContainer(body: string): boolean {
  return body.includes("a container name must be specified");
}

/**
 * What to do about a response that refuses a request of any kind; null if that
 * is not known.
 *
 * @param body The response's body, or the message of the Status in it.
 */
export function refusalHint(
  status: number,
  body: string,
  headers: Headers,
): string | null {
  switch (status) {
    case 400:
      return /\bHTTPS\b/.test(body)
        ? "the server speaks TLS at this port: its URL has to begin with https:"
        : null;
    case 401:
      return "the server rejected the credentials: check the token or the client certificate";
    case 403:
      return /User \\?"system:anonymous/.test(body)
        ? "the server received no credentials: set a token or a client certificate"
        : null;
    default:
      return isRedirect(status) ? redirectHint(headers) : null;
  }
}

/** Whether it is one; 0 is what a page sees of any (Fetch, 4.3). */
function isRedirect(status: number): boolean {
  return status === 0 || status >= 300 && status < 400;
}

/** Redirects are never followed. Names the target without query and password. */
function redirectHint(headers: Headers): string {
  const hint = "redirects are not followed: use the server's final URL";
  const location = headers.get("location") ?? "";
  const [address] = stripEscapes(location).split(/[?#]/);
  const target = address!.replace(/^([a-z]+:)?\/\/[^/]*@/i, "$1//");
  return target === "" || !isQuotable(target) ? hint : `${hint}, ${target}`;
}
