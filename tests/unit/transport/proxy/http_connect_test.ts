import { assertEquals } from "@std/assert";
import { decodeText, encodeText } from "../../../../src/bytes.ts";
import { ConnectError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { rejection } from "../../../support/async.ts";
import { openScripted } from "./tunnel_script.ts";

const OK = encodeText("HTTP/1.1 200 OK\r\n\r\n");

/** The credentials that a proxy of this URL is given; null for none. */
async function credentialsFor(proxy: string): Promise<string | null> {
  const asked = decodeText((await openScripted(proxy, [OK])).sent);
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
  test(`a proxy of ${proxy} gets ${credentials ?? "no credentials"}`, async () => {
    assertEquals(await credentialsFor(proxy), credentials);
  });
}

test("the request names the server's host and port", async () => {
  const { sent } = await openScripted("http://proxy", [OK], {
    hostname: "2001:db8::1",
    port: 443,
  });
  assertEquals(
    decodeText(sent),
    "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nhost: [2001:db8::1]:443\r\n\r\n",
  );
});

test("what comes right behind the proxy's answer is the server's", async () => {
  const head = "HTTP/1.1 200 OK\r\nvia: p\r\n\r\n";
  const bytes = encodeText(`${head}HTTP/1.1 503`);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reads = [bytes.slice(0, cut), bytes.slice(cut)];
    const { early } = await openScripted("http://proxy", reads);
    // No more is read than it takes.
    const read = cut < head.length ? bytes.length : cut;
    assertEquals(early, bytes.slice(head.length, read));
  }
});

test("an interim answer is not the proxy's last word", async () => {
  const { early } = await openScripted("http://proxy", [
    encodeText("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhi"),
  ]);
  assertEquals(decodeText(early), "hi");
});

const REFUSALS: readonly (readonly [string, string, string, string])[] = [
  [
    "407 without credentials",
    "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
    "PROXY_AUTH",
    "the proxy requires credentials: put them in its URL, http://user:password@host",
  ],
  [
    "401, as tinyproxy does",
    "HTTP/1.0 401 Unauthorized\r\n\r\n",
    "PROXY_AUTH",
    "the proxy requires credentials: put them in its URL, http://user:password@host",
  ],
  [
    "403",
    "HTTP/1.1 403 Forbidden\r\n\r\n",
    "PROXY_FAILED",
    "the proxy answered 403 Forbidden: it has to allow CONNECT to port 6443",
  ],
  [
    "502",
    "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad",
    "PROXY_FAILED",
    "the proxy answered 502 Bad Gateway",
  ],
  [
    "an answer without a reason",
    "HTTP/1.1 500\r\n\r\n",
    "PROXY_FAILED",
    "the proxy answered 500",
  ],
  [
    "what is no HTTP",
    "SSH-2.0-OpenSSH_9.6\r\n",
    "PROXY_FAILED",
    "the proxy does not speak HTTP",
  ],
  [
    "half an answer",
    "HTTP/1.1 200 OK\r\n",
    "PROXY_FAILED",
    "the proxy closed the connection without a response",
  ],
  [
    "nothing",
    "",
    "PROXY_FAILED",
    "the proxy closed the connection without a response",
  ],
];

for (const [what, answer, code, reason] of REFUSALS) {
  test(`a proxy that answers with ${what} is ${code}`, async () => {
    const error = await rejection(
      openScripted("http://proxy:3128", [encodeText(answer)]),
      ConnectError,
    );
    assertEquals(error.code, code);
    assertEquals(
      error.message,
      `Cannot connect to kube.internal:6443 through the proxy proxy:3128: ${reason}`,
    );
  });
}

test("a proxy that refuses the credentials does not see them in the error", async () => {
  const error = await rejection(
    openScripted("http://me:s3cret@proxy:3128", [
      encodeText("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
    ]),
    ConnectError,
  );
  assertEquals(error.code, "PROXY_AUTH");
  assertEquals(
    error.message,
    "Cannot connect to kube.internal:6443 through the proxy proxy:3128: " +
      "the proxy refused the credentials in its URL",
  );
  assertHidden(error, ["s3cret", btoa("me:s3cret")]);
});

test("a byte before TLS has begun is refused", async () => {
  const answer = encodeText("HTTP/1.1 200 OK\r\n\r\n!");
  const error = await rejection(
    openScripted("http://proxy", [answer], { tls: {} }),
    ConnectError,
  );
  assertEquals(error.code, "PROXY_FAILED");
});
