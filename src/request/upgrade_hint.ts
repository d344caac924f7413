/** What to do about a refused upgrade; null if that is not known. */
export function upgradeHint(
  status: number,
  body: string,
  path: string,
): string | null {
  switch (status) {
    case 200:
      return "The server, or a proxy in between, does not speak WebSocket at this path";
    case 400:
      if (/\bHTTPS\b/.test(body)) {
        return "The server speaks TLS at this port: its URL has to begin with https:";
      }
      return body.includes("pgrade")
        ? "A proxy in between may have removed the Upgrade header"
        : null;
    case 401:
      return "The server rejected the credentials: check the token or the client certificate";
    case 403:
      if (body.includes('User \\"system:anonymous\\"')) {
        return "The server received no credentials: set a token or a client certificate";
      }
      return body === ""
        ? "A 403 without a body means that the server supports none of the offered subprotocols"
        : `A WebSocket client needs the RBAC verbs "get" and, since Kubernetes 1.35, "create" on ${
          subresourceOf(path)
        }`;
    case 404:
      return "Check the name, the namespace and the server URL's path prefix";
    default:
      return status >= 300 && status < 400
        ? "Redirects are not followed: use the server's final URL"
        : null;
  }
}

/** `pods/exec` for `/api/v1/namespaces/default/pods/web/exec`. */
function subresourceOf(path: string): string {
  const [resource, , subresource] = path.split("/").slice(-3);
  return resource && subresource
    ? `${resource}/${subresource}`
    : "the subresource";
}
