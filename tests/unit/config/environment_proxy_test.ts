import { assertEquals, assertThrows } from "@std/assert";
import { environmentProxy } from "../../../src/config/environment_proxy.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost } from "../../support/fake_host.ts";
import { assertHidden } from "../../support/secrets.ts";

const HTTPS = "https://kube.example:6443";
const HTTP = "http://kube.example:8080";

const proxyOf = (server: string, env: Record<string, string>) =>
  environmentProxy(new URL(server), new FakeHost({ env }))?.href ?? null;

type Row = readonly [
  title: string,
  server: string,
  env: Record<string, string>,
  proxy: string | null,
];

const ROWS: readonly Row[] = [
  ["nothing set", HTTPS, {}, null],
  [
    "HTTPS_PROXY for an https: server",
    HTTPS,
    { HTTPS_PROXY: "http://proxy:3128", HTTP_PROXY: "http://other:1" },
    "http://proxy:3128/",
  ],
  [
    "HTTP_PROXY for an http: server",
    HTTP,
    { HTTPS_PROXY: "http://other:1", HTTP_PROXY: "http://proxy:3128" },
    "http://proxy:3128/",
  ],
  ["HTTP_PROXY alone for an https: server", HTTPS, { HTTP_PROXY: "p" }, null],
  ["HTTPS_PROXY alone for an http: server", HTTP, { HTTPS_PROXY: "p" }, null],
  ["ALL_PROXY", HTTPS, { ALL_PROXY: "http://p", all_proxy: "http://p" }, null],
  ["lower case", HTTPS, { https_proxy: "http://low" }, "http://low/"],
  [
    "upper case before lower",
    HTTPS,
    { https_proxy: "http://low", HTTPS_PROXY: "http://up" },
    "http://up/",
  ],
  [
    "lower case where upper is empty",
    HTTPS,
    { https_proxy: "http://low", HTTPS_PROXY: "" },
    "http://low/",
  ],
  ["a host and a port", HTTPS, { HTTPS_PROXY: "p:3128" }, "http://p:3128/"],
  ["a host alone", HTTPS, { HTTPS_PROXY: "localhost" }, "http://localhost/"],
  ["an address", HTTPS, { HTTPS_PROXY: "10.0.0.1:80" }, "http://10.0.0.1/"],
  [
    "credentials without a scheme",
    HTTPS,
    { HTTPS_PROXY: "me:pw@proxy:3128" },
    "http://me:pw@proxy:3128/",
  ],
  ["https:", HTTPS, { HTTPS_PROXY: "https://proxy" }, "https://proxy/"],
  ["SOCKS", HTTPS, { HTTPS_PROXY: "socks5://proxy" }, "socks5://proxy"],
  [
    "NO_PROXY",
    HTTPS,
    { HTTPS_PROXY: "proxy", NO_PROXY: ".internal,kube.example" },
    null,
  ],
  ["no_proxy", HTTPS, { HTTPS_PROXY: "proxy", no_proxy: "*" }, null],
  [
    "NO_PROXY before no_proxy",
    HTTPS,
    { HTTPS_PROXY: "proxy", NO_PROXY: "other.example", no_proxy: "*" },
    "http://proxy/",
  ],
  [
    "a server on this machine",
    "https://127.0.0.1:6443",
    { HTTPS_PROXY: "proxy" },
    null,
  ],
  [
    "what is no proxy, for a server that it is not for",
    HTTPS,
    { HTTPS_PROXY: "ftp://proxy", NO_PROXY: "*" },
    null,
  ],
  [
    "HTTPS_PROXY in a CGI program",
    HTTPS,
    { HTTPS_PROXY: "proxy", REQUEST_METHOD: "GET" },
    "http://proxy/",
  ],
];

for (const [title, server, env, proxy] of ROWS) {
  test(`the environment's proxy, ${title}: ${proxy ?? "none"}`, () => {
    assertEquals(proxyOf(server, env), proxy);
  });
}

const REFUSED: readonly (readonly [
  title: string,
  server: string,
  env: Record<string, string>,
])[] = [
  ["a scheme of no proxy", HTTPS, { HTTPS_PROXY: "ftp://s3cret@p" }],
  ["what is no URL", HTTPS, { https_proxy: "http://s3cret:p@[" }],
  [
    "HTTP_PROXY in a CGI program",
    HTTP,
    { HTTP_PROXY: "http://me:s3cret@proxy", REQUEST_METHOD: "GET" },
  ],
];

for (const [title, server, env] of REFUSED) {
  test(`the environment's proxy: ${title} is refused by name`, () => {
    const error = assertThrows(
      () => proxyOf(server, env),
      ConfigurationError,
      `Cannot use the environment variable ${Object.keys(env)[0]}: `,
    );
    assertHidden(error, ["s3cret"]);
  });
}

test("a proxy variable that cannot be read counts as not set", () => {
  class ClosedHost extends FakeHost {
    override grantedEnv(): undefined {
      return undefined;
    }
  }
  const host = new ClosedHost({ env: { HTTPS_PROXY: "http://proxy" } });
  assertEquals(environmentProxy(new URL(HTTPS), host), null);
});
