import { type Bytes, concatBytes, encodeText } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { parseAddress } from "../address.ts";
import type { ProxyCredentials } from "./proxy_address.ts";
import {
  type AnswerReader,
  loginRefusal,
  ProxyRefusal,
  type TunnelRequest,
} from "./tunnel_stream.ts";

const VERSION = 5;
const CONNECT = 1;

const NO_LOGIN = 0;
const PASSWORD_LOGIN = 2;
const NO_METHOD = 0xff;

const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** What the proxy's replies mean (RFC 1928, 6). */
const REPLIES: readonly string[] = [
  "success",
  "it failed",
  "its rules do not allow the connection",
  "the network cannot be reached",
  "the host cannot be reached",
  "the server refused the connection",
  "the connection took too many hops",
  "it knows no CONNECT",
  "it knows no addresses of this kind",
];

/**
 * Asks a SOCKS 5 proxy for a tunnel (RFC 1928), with a password if there is one
 * (RFC 1929). A host name is left to the proxy to look up.
 *
 * @throws {ProxyRefusal} There is none.
 */
export async function socksConnect(
  request: TunnelRequest,
  answer: AnswerReader,
): Promise<void> {
  const { credentials } = request;
  const address = encodeAddress(request.hostname, request.port);
  const login = credentials && encodeLogin(credentials);
  const methods = login ? [NO_LOGIN, PASSWORD_LOGIN] : [NO_LOGIN];
  await request.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method = NO_METHOD] = await answer.take(2);
  if (version !== VERSION) throw notSocks();
  if (method === NO_METHOD) throw loginRefusal(login !== null);
  if (!methods.includes(method)) throw notSocks();
  if (login && method === PASSWORD_LOGIN) {
    await request.write(login);
    const [, status] = await answer.take(2);
    if (status !== 0) throw loginRefusal(true);
  }
  await request.write(
    concatBytes([Uint8Array.of(VERSION, CONNECT, 0), address]),
  );
  await readReply(answer);
}

async function readReply(answer: AnswerReader): Promise<void> {
  const [version, reply = 1] = await answer.take(3);
  if (version !== VERSION) throw notSocks();
  if (reply !== 0) {
    const meaning = REPLIES[reply] ?? `it gave the unknown reply ${reply}`;
    throw new ProxyRefusal(`the proxy opened no tunnel: ${meaning}`);
  }
  // Where it connects from: of no use, but in the way.
  const [kind] = await answer.take(1);
  if (kind === IPV4) await answer.take(4 + 2);
  else if (kind === IPV6) await answer.take(16 + 2);
  else if (kind === NAME) await answer.take((await answer.take(1))[0]! + 2);
  else throw notSocks();
}

function encodeAddress(hostname: string, port: number): Bytes {
  const address = parseAddress(hostname);
  const host = address
    ? concatBytes([Uint8Array.of(address.length === 4 ? IPV4 : IPV6), address])
    : concatBytes([
      Uint8Array.of(NAME),
      counted(hostname, "the server's name"),
    ]);
  return concatBytes([host, Uint8Array.of(port >> 8, port & 0xff)]);
}

function encodeLogin({ user, password }: ProxyCredentials): Bytes {
  return concatBytes([
    Uint8Array.of(1),
    counted(user, "the proxy's user name"),
    counted(password, "the proxy's password"),
  ]);
}

/** A text behind its length, which is one byte. */
function counted(text: string, what: string): Bytes {
  const bytes = encodeText(text);
  if (bytes.byteLength > 255) {
    throw new ConfigurationError(
      `Cannot use the SOCKS proxy: ${what} is longer than 255 bytes`,
    );
  }
  return concatBytes([Uint8Array.of(bytes.byteLength), bytes]);
}

function notSocks(): ProxyRefusal {
  return new ProxyRefusal("the proxy does not speak SOCKS 5");
}
