import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/cli/command_line.ts";
import {
  parseAddresses,
  parsePortPair,
} from "../../../src/cli/forwarded_ports.ts";
import { test } from "../../harness.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

test("forwarded ports: every form of a pair", () => {
  for (
    const [text, local, remote] of [
      ["8080", null, 8080],
      ["8080:80", 8080, 80],
      [":9090", 0, 9090],
      ["0:9090", 0, 9090],
      ["web", null, "web"],
      ["8080:http", 8080, "http"],
      [":dns-tcp", 0, "dns-tcp"],
      ["0080:65535", 80, 65535],
    ] as const
  ) assertEquals(parsePortPair(text), { local, remote }, text);
});

for (
  const [text, message] of [
    ["1:2:3", "invalid port format '1:2:3'"],
    ["", "remote port cannot be empty"],
    ["8080:", "remote port cannot be empty"],
    [":", "remote port cannot be empty"],
    ["0", "remote port must be > 0"],
    ["8080:0", "remote port must be > 0"],
    ["65536:80", "error parsing local port '65536'"],
    ["web:80", "error parsing local port 'web'"],
    ["-1:80", "error parsing local port '-1'"],
    ["80:65536", "error parsing remote port '65536'"],
    ["99999", "error parsing remote port '99999'"],
    ["80:Web", "error parsing remote port 'Web'"],
    ["80:a_b", "error parsing remote port 'a_b'"],
    ["0x50", undefined],
    ["1e3:80", "error parsing local port '1e3'"],
    [" 80", "error parsing remote port ' 80'"],
  ] as const
) {
  test(`forwarded ports: "${text}"${message ? " is rejected" : " is a name"}`, () => {
    if (message === undefined) {
      assertEquals(parsePortPair(text).remote, text);
      return;
    }
    const error = assertThrows(() => parsePortPair(text), UsageError, message);
    assertEquals(error.command, "port-forward");
  });
}

test("forwarded ports: any text is a pair or a UsageError", () => {
  const random = new SeededRandom(15);
  const letters = "0123456789:-azA. ";
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from(
      { length: random.below(9) },
      () => letters[random.below(letters.length)],
    ).join("");
    try {
      const { local, remote } = parsePortPair(text);
      const isLocal = local === null || local >= 0 && local <= 65535;
      const isRemote = typeof remote === "string"
        ? /^[a-z\d-]+$/.test(remote)
        : remote > 0 && remote <= 65535;
      assertEquals([isLocal, isRemote], [true, true], text);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
});

test("forwarded ports: addresses, as kubectl sorts and repeats them", () => {
  const parse = (...values: string[]) =>
    parseAddresses(values).map(({ hostname, isOptional }) =>
      hostname + (isOptional ? "?" : "")
    );
  assertEquals(parse("localhost"), ["127.0.0.1?", "::1?"]);
  assertEquals(parse("::1", "localhost"), ["127.0.0.1?", "::1"]);
  assertEquals(parse("localhost,127.0.0.1"), ["127.0.0.1", "::1?"]);
  assertEquals(parse("127.0.0.2,0.0.0.0", "127.0.0.2"), [
    "0.0.0.0",
    "127.0.0.2",
  ]);
  for (const text of ["", "example.com", "127.0.0.1,", "127.1", "[::1]"]) {
    assertThrows(() => parse(text), UsageError, "is not a valid IP");
  }
});
