import { type Bytes, concatBytes, encodeText } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { parseAddress } from "../address.ts";
import type { ProxyCredentials } from "./proxy_address.ts";
import {
  proxyAuthError,
  type ProxyReader,
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

/** The meaning of the proxy's reply codes (RFC 1928, 6). */
const REPLIES: readonly string[] = [
  "success",
  "it failed",
  "its rules do not allow the connection",
  "the network is unreachable",
  "the host is unreachable",
  "the server refused the connection",
  "the connection took too many hops",
  "it does not support CONNECT",
  "it does not support addresses of this kind",
];

/**
 * Opens a tunnel through a SOCKS 5 proxy (RFC 1928), with a password if there is
 * one (RFC 1929). The proxy resolves the host name.
 *
 * @throws {ProxyRefusal} The proxy refuses.
 */
export async function socksConnect(
  request: TunnelRequest,
  reader: ProxyReader,
): Promise<void> {
  const { credentials } = request;
  const address = encodeAddress(request.hostname, request.port);
  const login = credentials && encodeLogin(credentials);
  const methods = login ? [NO_LOGIN, PASSWORD_LOGIN] : [NO_LOGIN];
  await request.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method = NO_METHOD] = await reader.read(2);
  if (version !== VERSION) throw notSocks();
  if (method === NO_METHOD) throw proxyAuthError(login !== null);
  if (!methods.includes(method)) throw notSocks();
  if (login && method === PASSWORD_LOGIN) {
    await request.write(login);
    const [, status] = await reader.read(2);
    if (status !== 0) throw proxyAuthError(true);
  }
  await request.write(
    concatBytes([Uint8Array.of(VERSION, CONNECT, 0), address]),
  );
  await readReply(reader);
}

async function readReply(reader: ProxyReader): Promise<void> {
  const [version, reply = 1] = await reader.read(3);
  if (version !== VERSION) throw notSocks();
  if (reply !== 0) {
    const meaning = REPLIES[reply] ?? `it sent the unknown reply ${reply}`;
    throw new ProxyRefusal(`the proxy opened no tunnel: ${meaning}`);
  }
  // Skip the address that the proxy connects from.
  const [kind] = await reader.read(1);
  if (kind === IPV4) await reader.read(4 + 2);
  else if (kind === IPV6) await reader.read(16 + 2);
  else if (kind === NAME) await reader.read((await reader.read(1))[0]! + 2);
  else throw notSocks();
}

function encodeAddress(hostname: string, port: number): Bytes {
  const address = parseAddress(hostname);
  const host = address
    ? concatBytes([Uint8Array.of(address.length === 4 ? IPV4 : IPV6), address])
    : concatBytes([
      Uint8Array.of(NAME),
      lengthPrefixed(hostname, "the server's name"),
    ]);
  return concatBytes([host, Uint8Array.of(port >> 8, port & 0xff)]);
}

function encodeLogin({ user, password }: ProxyCredentials): Bytes {
  return concatBytes([
    Uint8Array.of(1),
    lengthPrefixed(user, "the proxy's user name"),
    lengthPrefixed(password, "the proxy's password"),
  ]);
}

/** `text` after its length in one byte. */
function lengthPrefixed(text: string, what: string): Bytes {
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
