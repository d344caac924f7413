import { encodeBase64, encodeText } from "../../bytes.ts";
import { ProtocolError } from "../../errors.ts";
import { encodeRequestHead } from "../../http/head_encoder.ts";
import { FinalHeadParser, type ResponseHead } from "../../http/head.ts";
import { hideCredentials } from "../../redact.ts";
import { hostAndPort } from "../address.ts";
import type { ProxyCredentials } from "./proxy_address.ts";
import {
  proxyAuthError,
  type ProxyReader,
  ProxyRefusal,
  type TunnelRequest,
} from "./tunnel_stream.ts";

/**
 * Opens a tunnel through an HTTP proxy (RFC 9110, 9.3.6).
 *
 * @throws {ProxyRefusal} The proxy refuses.
 */
export async function httpConnect(
  request: TunnelRequest,
  reader: ProxyReader,
): Promise<void> {
  const { hostname, port, credentials, userAgent } = request;
  const authority = hostAndPort(hostname, port);
  const headers = {
    host: authority,
    // As curl does: some proxies refuse programs that do not say what they are.
    ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
    ...authorization(credentials),
  };
  await request.write(encodeRequestHead("CONNECT", authority, headers));
  const { status, statusText } = await readHead(reader);
  if (status >= 200 && status < 300) return;
  // tinyproxy answers wrong credentials with 401, which no server can send here.
  if (status === 407 || status === 401) {
    throw proxyAuthError(credentials !== null);
  }
  const text = hideCredentials(statusText, headers);
  const said = `the proxy answered ${status} ${text}`.trimEnd();
  throw new ProxyRefusal(
    status === 403 || status === 405
      ? `${said}: it has to allow CONNECT to port ${port}`
      : said,
  );
}

async function readHead(reader: ProxyReader): Promise<ResponseHead> {
  const parser = new FinalHeadParser();
  for (;;) {
    let head: ResponseHead | null;
    try {
      head = parser.feed(await reader.readAny());
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      throw new ProxyRefusal("the proxy does not speak HTTP", { cause });
    }
    if (head === null) continue;
    reader.unread(parser.rest);
    return head;
  }
}

function authorization(
  credentials: ProxyCredentials | null,
): Record<string, string> {
  if (credentials === null) return {};
  const { user, password } = credentials;
  const encoded = encodeBase64(encodeText(`${user}:${password}`));
  return { "proxy-authorization": `Basic ${encoded}` };
}
