import { decodeText, encodeText } from "../bytes.ts";
import { parseStatus } from "../channel/status_frame.ts";
import { HandshakeError } from "../errors.ts";
import type { ResponseHead } from "../http/head.ts";
import { retryAfterOf } from "../http/retry_after.ts";
import type { Status } from "../status.ts";
import { readExcerpt } from "./read_body.ts";

/** The answer to an upgrade that was not 101, as the error to throw. */
export async function refusalOf(
  head: ResponseHead,
  path: string,
  body: ReadableStream<Uint8Array>,
): Promise<HandshakeError> {
  const text = decodeText(await readExcerpt(body));
  const apiStatus = statusOf(text);
  const { status } = head;
  const said = apiStatus?.message ?? text.trim().split("\n")[0]!.slice(0, 500);
  const answer = `${status} ${head.statusText}`.trim();
  return new HandshakeError(
    `Cannot upgrade ${path} to a WebSocket: the server answered ${answer}${
      said === "" ? "" : `: ${said}`
    }`,
    {
      httpStatus: status,
      body: text,
      apiStatus,
      hint: hintOf(status, text, path),
      retryAfter: retryAfterOf(head.headers, apiStatus),
    },
  );
}

/** A proxy's JSON error page is not a Status: that has a kind or a status. */
function statusOf(text: string): Status | null {
  const status = parseStatus(encodeText(text));
  return status?.kind === "Status" || status?.status ? status : null;
}

function hintOf(status: number, body: string, path: string): string | null {
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
      return "The server does not accept the credentials: check the token or the client certificate";
    case 403:
      if (body.includes('User \\"system:anonymous\\"')) {
        return "The server saw no credentials: give a token or a client certificate";
      }
      return body === ""
        ? "A bare 403 means that the server speaks none of the offered subprotocols"
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
