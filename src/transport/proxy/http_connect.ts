import { encodeBase64, encodeText } from "../../bytes.ts";
import { ProtocolError } from "../../errors.ts";
import {
  encodeRequestHead,
  type ResponseHead,
  ResponseHeadParser,
} from "../../http/head.ts";
import { hostAndPort } from "../address.ts";
import type { ProxyCredentials } from "./proxy_address.ts";
import {
  type AnswerReader,
  loginRefusal,
  ProxyRefusal,
  type TunnelRequest,
} from "./tunnel_stream.ts";

/**
 * Asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6).
 *
 * @throws {ProxyRefusal} There is none.
 */
export async function httpConnect(
  request: TunnelRequest,
  answer: AnswerReader,
): Promise<void> {
  const { hostname, port, credentials } = request;
  const authority = hostAndPort(hostname, port);
  await request.write(encodeRequestHead("CONNECT", authority, {
    host: authority,
    ...authorization(credentials),
  }));
  const { status, statusText } = await readHead(answer);
  if (status >= 200 && status < 300) return;
  // To wrong credentials tinyproxy says 401, which no server can say here.
  if (status === 407 || status === 401) {
    throw loginRefusal(credentials !== null);
  }
  const said = `the proxy answered ${status} ${statusText}`.trimEnd();
  throw new ProxyRefusal(
    status === 403 || status === 405
      ? `${said}: it has to allow CONNECT to port ${port}`
      : said,
  );
}

/** The head of the final answer; interim ones (1xx) say nothing. */
async function readHead(answer: AnswerReader): Promise<ResponseHead> {
  let parser = new ResponseHeadParser();
  for (;;) {
    let head: ResponseHead | null;
    try {
      head = parser.feed(await answer.takeSome());
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      throw new ProxyRefusal("the proxy does not speak HTTP", { cause });
    }
    if (head === null) continue;
    answer.putBack(parser.rest);
    if (head.status >= 200) return head;
    parser = new ResponseHeadParser();
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
