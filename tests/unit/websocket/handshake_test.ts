import {
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { decodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { sha1 } from "../../../src/platform/sha1.ts";
import {
  acceptFor,
  checkUpgradeResponse,
  createKey,
  encodeUpgradeRequest,
} from "../../../src/websocket/handshake.ts";
import { test } from "../../harness.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function request(url: string, headers: Record<string, string> = {}): string {
  const protocols = ["one", "two"];
  return decodeText(
    encodeUpgradeRequest({ url: new URL(url), headers, protocols, key: KEY }),
  );
}

test("a key is 16 bytes in base64, another one each time", () => {
  const key = createKey();
  assertEquals(atob(key).length, 16);
  assertNotEquals(createKey(), key);
});

test("the accept value is that of RFC 6455's example", () => {
  assertEquals(acceptFor(KEY, sha1), ACCEPT);
});

test("the upgrade request has the fields of RFC 6455", () => {
  const text = request("https://example.org:6443/a%20b?x=1&x=%26", {
    authorization: "Bearer t",
  });
  const [start, ...lines] = text.split("\r\n");
  assertEquals(start, "GET /a%20b?x=1&x=%26 HTTP/1.1");
  assertEquals(lines.slice(-2), ["", ""]);
  assertEquals(lines.slice(0, -2).sort(), [
    "authorization: Bearer t",
    "connection: Upgrade",
    "host: example.org:6443",
    `sec-websocket-key: ${KEY}`,
    "sec-websocket-protocol: one, two",
    "sec-websocket-version: 13",
    "upgrade: websocket",
  ]);
});

test("the host header leaves out a default port, a user and a fragment", () => {
  const text = request("https://user:secret@[::1]:443/p#f");
  assertEquals(text.includes("\r\nhost: [::1]\r\n"), true);
  assertEquals(text.startsWith("GET /p HTTP/1.1\r\n"), true);
  assertFalse(text.includes("secret"));
});

for (const value of ["a\r\nx: y", "a\nb", "a\rb", "a\0b", "snow ☃"]) {
  test(`a header value ${JSON.stringify(value)} is refused and not shown`, () => {
    const error = assertThrows(
      () => request("http://h/", { authorization: value }),
      TypeError,
      '"authorization"',
    );
    assertFalse(error.message.includes(value));
  });
}

for (const name of ["", "a b", "a:", "a\r\nb", "é"]) {
  test(`a header name ${JSON.stringify(name)} is refused`, () => {
    assertThrows(() => request("http://h/", { [name]: "x" }), TypeError);
  });
}

for (const name of ["Host", "upgrade", "Connection", "Sec-WebSocket-Key"]) {
  test(`the header ${name} is the handshake's own`, () => {
    assertThrows(
      () => request("http://h/", { [name]: "x" }),
      TypeError,
      `"${name}": the WebSocket handshake sets it`,
    );
  });
}

function answer(
  changes: Record<string, string | null> = {},
  status = 101,
): string {
  const headers = new Headers({
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-accept": ACCEPT,
    "sec-websocket-protocol": "two",
  });
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  const head = { version: "1.1", status, statusText: "", headers } as const;
  return checkUpgradeResponse(head, ACCEPT, {
    headers: { authorization: "Bearer s3cret-token" },
    protocols: ["one", "two"],
  });
}

test("a valid response returns the chosen subprotocol", () => {
  assertEquals(answer(), "two");
  assertEquals(answer({ "sec-websocket-protocol": "one" }), "one");
});

test("Upgrade and Connection are compared without case, among other tokens", () => {
  assertEquals(answer({ upgrade: "WebSocket" }), "two");
  assertEquals(answer({ connection: "keep-alive, UPGRADE" }), "two");
});

const REFUSED: [string, Record<string, string | null>, string][] = [
  ["without Upgrade", { upgrade: null }, "did not upgrade"],
  ["with another Upgrade", { upgrade: "h2c" }, "did not upgrade"],
  ["without Connection", { connection: null }, "Connection"],
  ["with another Connection", { connection: "close" }, "Connection"],
  ["without an accept value", { "sec-websocket-accept": null }, "Accept"],
  ["with a wrong accept value", { "sec-websocket-accept": KEY }, "Accept"],
  [
    "with an accept value in another case",
    { "sec-websocket-accept": ACCEPT.toLowerCase() },
    "Accept",
  ],
  [
    "with an extension",
    { "sec-websocket-extensions": "permessage-deflate" },
    "extension",
  ],
  [
    "without a subprotocol",
    { "sec-websocket-protocol": null },
    "no subprotocol",
  ],
  [
    "with an empty subprotocol",
    { "sec-websocket-protocol": "" },
    "no subprotocol",
  ],
  [
    "with a subprotocol not offered",
    { "sec-websocket-protocol": "three" },
    '"three", which was not offered',
  ],
  [
    "with our token as a subprotocol",
    {
      "sec-websocket-protocol":
        "base64url.bearer.authorization.k8s.io.czNjcmV0LXRva2Vu",
    },
    'k8s.io.***", which was not offered',
  ],
  [
    "with two subprotocols",
    { "sec-websocket-protocol": "one, two" },
    "not offered",
  ],
];

for (const [title, changes, message] of REFUSED) {
  test(`an answer ${title} is a ProtocolError`, () => {
    assertThrows(() => answer(changes), ProtocolError, message);
  });
}

test("an answer other than 101 is a ProtocolError", () => {
  assertThrows(() => answer({}, 200), ProtocolError, "the server answered 200");
});
