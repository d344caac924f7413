import { assertEquals } from "@std/assert";
import { decodeText, encodeText } from "../../src/bytes.ts";
import { openTunnel } from "../../src/transport/proxy_tunnel.ts";
import { test } from "../harness.ts";

/** The credentials that a proxy of this URL is given; null for none. */
async function credentialsFor(proxy: string): Promise<string | null> {
  let asked = "";
  await openTunnel({
    read: () => Promise.resolve(encodeText("HTTP/1.1 200 OK\r\n\r\n")),
    write: (bytes) => {
      asked += decodeText(bytes);
      return Promise.resolve();
    },
  }, {
    hostname: "::1",
    port: 6443,
    tls: null,
    proxy: new URL(proxy),
    signal: new AbortController().signal,
  });
  const basic = /^proxy-authorization: Basic (\S+)\r$/im.exec(asked)?.[1];
  if (basic === undefined) return null;
  const bytes = Uint8Array.from(atob(basic), (char) => char.charCodeAt(0));
  return decodeText(bytes);
}

for (
  const [proxy, credentials] of [
    ["http://proxy:3128", null],
    ["http://user:password@proxy:3128", "user:password"],
    ["http://us%20er:p%40ss%C3%B6@proxy", "us er:p@ssö"],
    ["http://user:100%sure@proxy", "user:100%sure"],
    ["http://:token@proxy", ":token"],
    ["http://user@proxy", "user:"],
  ] as const
) {
  test(`a proxy of ${proxy} is given ${credentials ?? "no credentials"}`, async () => {
    assertEquals(await credentialsFor(proxy), credentials);
  });
}
