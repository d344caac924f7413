import { assertEquals } from "@std/assert";
import { canonicalHost, parseAddress } from "../../../src/transport/address.ts";
import { test } from "../../harness.ts";

const hex = (text: string): string | null => {
  const bytes = parseAddress(text);
  return bytes &&
    Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
};

for (
  const [text, bytes] of [
    ["0.0.0.0", "00000000"],
    ["10.2.33.255", "0a0221ff"],
    ["::", "00".repeat(16)],
    ["::1", `${"00".repeat(15)}01`],
    ["1::", `0001${"00".repeat(14)}`],
    ["2001:DB8::52:0:1", "20010db8000000000000005200000001"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["::ffff:10.0.0.1", "00000000000000000000ffff0a000001"],
    ["1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304"],
    ["", null],
    ["10.0.0", null],
    ["10.0.0.256", null],
    ["10.0.0.01", null],
    ["0x7f.0.0.1", null],
    ["1.2.3.4.5", null],
    [":::", null],
    ["1:2:3:4:5:6:7", null],
    ["1::2::3", null],
    ["fe80::1%eth0", null],
    ["[::1]", null],
    ["example.com", null],
    ["a:80", null],
  ] as const
) {
  test(`"${text}" is ${bytes ?? "no address"}`, () => {
    assertEquals(hex(text), bytes);
  });
}

test("canonicalHost: the name to verify and to send as SNI", () => {
  const hosts = {
    "kube.internal.": "kube.internal",
    "kube.internal": "kube.internal",
    "[::1]": "::1",
    "fe80::1%eth0": "fe80::1",
    "[::ffff:7f00:1]": "127.0.0.1",
    "::ffff:10.0.0.1": "10.0.0.1",
    "::fffe:10.0.0.1": "::fffe:10.0.0.1",
    "10.0.0.1": "10.0.0.1",
  };
  for (const [host, canonical] of Object.entries(hosts)) {
    assertEquals(canonicalHost(host), canonical);
  }
});
