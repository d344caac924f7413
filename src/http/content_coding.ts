/** Header fields of a request, names in lower case. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether to ask for gzip. As in Go's net/http not if the caller names codings
 * himself, and then decodes them, nor for a part of a body or for none.
 */
export function takesGzip(method: string, headers: Fields): boolean {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return method !== "HEAD" && !names.includes("accept-encoding") &&
    !names.includes("range");
}

/**
 * Whether a body is in the content coding gzip, and in no other (RFC 9110,
 * 8.4.1.3; "x-gzip" is its old name).
 */
export function isGzip(headers: Headers): boolean {
  const coding = headers.get("content-encoding")?.trim().toLowerCase();
  return coding === "gzip" || coding === "x-gzip";
}

/** The headers without those that describe the coded body. */
export function decodedHeaders(headers: Headers): Headers {
  const decoded = new Headers(headers);
  decoded.delete("content-encoding");
  decoded.delete("content-length");
  return decoded;
}
