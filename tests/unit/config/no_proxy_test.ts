import { assertEquals } from "@std/assert";
import { matchesNoProxy } from "../../../src/config/no_proxy.ts";
import { test } from "../../harness.ts";

/** A list, servers that it exempts, and servers that it does not. */
type Row = readonly [list: string, direct: string[], proxied: string[]];

const ROWS: readonly Row[] = [
  [
    "",
    [
      "https://localhost",
      "http://localhost:8080",
      "https://127.0.0.1:6443",
      "https://127.9.9.9",
      "https://[::1]:6443",
      "https://[::ffff:127.0.0.1]",
    ],
    [
      "https://example.com",
      "https://10.0.0.1",
      "https://[::2]",
      "https://128.0.0.1",
      "https://local.localhost",
      "https://localhost.net",
    ],
  ],
  ["*", ["https://example.com", "http://10.0.0.1", "https://[::2]:1"], []],
  ["example.com, * ", ["https://other.org"], []],
  ["*com", [], ["https://example.com"]],
  [
    "example.com",
    ["https://example.com", "https://a.b.example.com", "https://EXAMPLE.com"],
    ["https://anexample.com", "https://example.com.org", "https://example.org"],
  ],
  [
    ".example.com",
    ["https://www.example.com", "http://a.b.example.com:8080"],
    ["https://example.com", "https://wwwexample.com"],
  ],
  [
    "*.example.com",
    ["https://www.example.com"],
    ["https://example.com", "https://wwwexample.com"],
  ],
  [
    " One.example ,,two.example",
    ["https://one.example", "https://x.two.example"],
    ["https://three.example"],
  ],
  ["one.example two.example", [], ["https://one.example"]],
  [
    "example.com:6443",
    ["https://example.com:6443", "http://a.example.com:6443"],
    ["https://example.com", "https://example.com:64430"],
  ],
  [
    "example.com:443,example.org:80",
    ["https://example.com", "http://example.org"],
    ["http://example.com", "https://example.org"],
  ],
  ["*.example.com:80", ["http://a.example.com"], ["https://a.example.com"]],
  ["example.com:", ["https://example.com:1234"], ["https://example.org"]],
  ["https://example.com", [], ["https://example.com"]],
  ["10.0.0.1", ["https://10.0.0.1", "https://[::ffff:10.0.0.1]"], [
    "https://10.0.0.2",
    "https://110.0.0.1",
  ]],
  ["10.0.0.1:6443", ["https://10.0.0.1:6443"], ["https://10.0.0.1"]],
  [
    "10.0.0.0/30",
    ["https://10.0.0.0", "https://10.0.0.3:6443"],
    ["https://10.0.0.4", "https://[a00::1]", "https://example.com"],
  ],
  ["10.20.0.0/12", ["https://10.16.0.1", "https://10.31.255.255"], [
    "https://10.32.0.0",
    "https://10.15.255.255",
  ]],
  ["0.0.0.0/0", ["https://8.8.8.8"], ["https://[2001:db8::1]"]],
  ["::/0", ["https://[2001:db8::1]"], ["https://8.8.8.8"]],
  ["::ffff:10.0.0.0/104", ["https://10.1.2.3"], ["https://11.0.0.1"]],
  ["10.0.0.0/33,10.0.0.0/x,10.0.0/8,/8", [], ["https://10.0.0.1"]],
  [
    "2001:db8::52:0:1",
    ["https://[2001:db8::52:0:1]", "https://[2001:DB8:0::52:0:1]:6443"],
    ["https://[2001:db8::52:0:2]"],
  ],
  [
    "[2001:db8::1]:6443",
    ["https://[2001:db8::1]:6443"],
    ["https://[2001:db8::1]"],
  ],
  ["[2001:db8::1]", [], ["https://[2001:db8::1]"]],
  ["2001:db8:a::45/64", ["https://[2001:db8:a::123]"], [
    "https://[2001:db8:a:1::1]",
  ]],
  [":6443", [], ["https://example.com:6443"]],
  ["münchen.example", ["https://www.xn--mnchen-3ya.example"], [
    "https://muenchen.example",
  ]],
  [".xn--mnchen-3ya.example", ["https://www.münchen.example"], [
    "https://münchen.example",
  ]],
];

for (const [list, direct, proxied] of ROWS) {
  test(`NO_PROXY="${list}" exempts the listed servers`, () => {
    for (
      const [servers, expected] of [[direct, true], [proxied, false]] as const
    ) {
      for (const server of servers) {
        assertEquals(matchesNoProxy(new URL(server), list), expected, server);
      }
    }
  });
}
