/** `server` with `path` behind its own path, and `query`. */
export function targetUrl(
  server: URL,
  path: string,
  query?: URLSearchParams,
): URL {
  const url = new URL(server);
  url.pathname = server.pathname.replace(/\/+$/, "") + path;
  url.search = query?.toString() ?? "";
  return url;
}
