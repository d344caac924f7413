import { assertEquals } from "@std/assert";
import { type Bytes, concatBytes, encodeText } from "../../../../src/bytes.ts";
import { ConfigurationError, ConnectError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { rejection } from "../../../support/async.ts";
import { openScripted } from "./tunnel_script.ts";

const bytes = (...values: number[]): Bytes => Uint8Array.from(values);
const NO_LOGIN = bytes(5, 0);
const LOGIN = bytes(5, 2);
const LOGGED_IN = bytes(1, 0);
const DONE = bytes(5, 0, 0, 1, 0, 0, 0, 0, 0, 0);
const PORT = bytes(6443 >> 8, 6443 & 255);

const NAME = concatBytes([
  bytes(5, 1, 0, 3, 13),
  encodeText("kube.internal"),
  PORT,
]);

for (const scheme of ["socks5", "socks5h"]) {
  test(`a ${scheme}: proxy looks the server's name up itself`, async () => {
    const { sent } = await openScripted(`${scheme}://proxy`, [NO_LOGIN, DONE]);
    assertEquals(sent, concatBytes([bytes(5, 1, 0), NAME]));
  });
}

test("a SOCKS proxy gets an IP address as an address", async () => {
  const asked = async (hostname: string) =>
    (await openScripted("socks5://p", [NO_LOGIN, DONE], { hostname })).sent
      .slice(3);
  assertEquals(
    await asked("10.0.0.1"),
    concatBytes([bytes(5, 1, 0, 1, 10, 0, 0, 1), PORT]),
  );
  assertEquals(
    await asked("2001:db8::1"),
    concatBytes([
      bytes(5, 1, 0, 4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      PORT,
    ]),
  );
});

test("a SOCKS proxy that wants a password gets it", async () => {
  const { sent } = await openScripted("socks5://us%20er:p%C3%B6@proxy", [
    LOGIN,
    LOGGED_IN,
    DONE,
  ]);
  const login = bytes(1, 5, ...encodeText("us er"), 3, ...encodeText("pö"));
  assertEquals(sent, concatBytes([bytes(5, 2, 0, 2), login, NAME]));
});

test("a SOCKS proxy that wants no password does not get it", async () => {
  const proxy = "socks5://user:s3cret@proxy";
  const { sent } = await openScripted(proxy, [NO_LOGIN, DONE]);
  assertEquals(sent, concatBytes([bytes(5, 2, 0, 2), NAME]));
});

test("what comes right behind a SOCKS proxy's answer is the server's", async () => {
  const hello = encodeText("hello");
  const answers: Readonly<Record<string, Bytes>> = {
    "IPv4": DONE,
    "IPv6": concatBytes([bytes(5, 0, 0, 4), new Uint8Array(18)]),
    "a name": concatBytes([bytes(5, 0, 0, 3, 2), encodeText("me"), PORT]),
  };
  for (const [kind, done] of Object.entries(answers)) {
    const whole = concatBytes([NO_LOGIN, done, hello]);
    const { early } = await openScripted("socks5://p", [whole]);
    assertEquals(early, hello, kind);
    const single = [...concatBytes([NO_LOGIN, done])].map((it) => bytes(it));
    const apart = await openScripted("socks5://p", [...single, hello]);
    assertEquals(apart.early, bytes(), kind);
  }
});

const REFUSALS: readonly (readonly [string, Bytes[], string, string])[] = [
  [
    "no login that we have",
    [bytes(5, 255)],
    "PROXY_AUTH",
    "the proxy refused the credentials in its URL",
  ],
  [
    "no to the password",
    [LOGIN, bytes(1, 1)],
    "PROXY_AUTH",
    "the proxy refused the credentials in its URL",
  ],
  [
    "no by its rules",
    [NO_LOGIN, bytes(5, 2, 0, 1, 0, 0, 0, 0, 0, 0)],
    "PROXY_FAILED",
    "the proxy opened no tunnel: its rules do not allow the connection",
  ],
  [
    "an unknown reply",
    [NO_LOGIN, bytes(5, 99, 0)],
    "PROXY_FAILED",
    "the proxy opened no tunnel: it sent the unknown reply 99",
  ],
  [
    "a method that was not offered",
    [bytes(5, 1)],
    "PROXY_FAILED",
    "the proxy does not speak SOCKS 5",
  ],
  [
    "HTTP",
    [encodeText("HTTP/1.1 400 Bad Request\r\n\r\n")],
    "PROXY_FAILED",
    "the proxy does not speak SOCKS 5",
  ],
  [
    "an address of no known kind",
    [NO_LOGIN, bytes(5, 0, 0, 9, 0, 0, 0, 0, 0, 0)],
    "PROXY_FAILED",
    "the proxy does not speak SOCKS 5",
  ],
  [
    "half an answer",
    [NO_LOGIN, bytes(5, 0)],
    "PROXY_FAILED",
    "the proxy closed the connection without a response",
  ],
];

for (const [what, answers, code, reason] of REFUSALS) {
  test(`a SOCKS proxy that answers with ${what} is ${code}`, async () => {
    const error = await rejection(
      openScripted("socks5://me:s3cret@proxy", answers),
      ConnectError,
    );
    assertEquals(error.code, code);
    assertEquals(
      error.message,
      `Cannot connect to kube.internal:6443 through the proxy proxy:1080: ${reason}`,
    );
    assertHidden(error, ["s3cret"]);
  });
}

test("a SOCKS proxy that requires credentials, without any", async () => {
  const error = await rejection(
    openScripted("socks5://proxy", [bytes(5, 255)]),
    ConnectError,
  );
  assertEquals(error.code, "PROXY_AUTH");
});

test("what no SOCKS message can hold is refused before anything is sent", async () => {
  const long = "x".repeat(256);
  for (
    const [proxy, hostname] of [
      [`socks5://${long}:p@proxy`, "kube.internal"],
      [`socks5://user:${long}@proxy`, "kube.internal"],
      ["socks5://proxy", `${long}.internal`],
    ] as const
  ) {
    const { message } = await rejection<Error>(
      openScripted(proxy, [], { hostname }),
      ConfigurationError,
    );
    assertEquals(message.includes(long), false);
  }
});
