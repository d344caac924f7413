import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  configSearch,
  requestTimeoutOf,
} from "../../../src/cli/cluster_flags.ts";
import { parseCommandLine, UsageError } from "../../../src/cli/command_line.ts";
import { loadDefaultConfig } from "../../../src/config/search_config.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost } from "../../support/fake_host.ts";
import { headersOf } from "../../support/headers_of.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

const b64 = (text: string) => btoa(text);

const KUBECONFIG = JSON.stringify({
  "current-context": "here",
  contexts: [
    { name: "here", context: { cluster: "a", user: "u", namespace: "ns" } },
    { name: "there", context: { cluster: "b", user: "file" } },
  ],
  clusters: [
    {
      name: "a",
      cluster: {
        server: "https://a.test",
        "certificate-authority-data": b64(AUTHORITY),
        "tls-server-name": "name.test",
      },
    },
    {
      name: "b",
      cluster: { server: "https://b.test", "insecure-skip-tls-verify": true },
    },
  ],
  users: [
    { name: "u", user: { token: "old", as: "jane", "as-groups": ["dev"] } },
    { name: "file", user: { tokenFile: "/token" } },
    {
      name: "cert",
      user: {
        "client-certificate-data": b64(CERTIFICATE),
        "client-key-data": b64(KEY),
      },
    },
  ],
});

const OTHER = AUTHORITY.replace("MIIBYXV0", "MIIBb3Ro");

/** A machine with the kubeconfig; `/k` without it. */
function machine(variables: Record<string, string> = { KUBECONFIG: "/k" }) {
  return new FakeHost({
    env: variables,
    files: {
      "/k": KUBECONFIG,
      "/token": "from-file",
      "/ca.pem": OTHER,
      "/cert.pem": CERTIFICATE,
      "/key.pem": KEY,
      "/var/run/secrets/kubernetes.io/serviceaccount/token": "account",
      "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt": AUTHORITY,
      "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "team",
    },
  });
}

const POD = {
  KUBERNETES_SERVICE_HOST: "10.0.0.1",
  KUBERNETES_SERVICE_PORT: "443",
};

async function resolved(flags: string, host = machine()) {
  const words = flags === "" ? [] : flags.split(" ");
  const search = configSearch(parseCommandLine(["logs", "web-0", ...words]));
  const config = await loadDefaultConfig({ ...search, host });
  const { server, namespace, tls } = config;
  const headers = await headersOf(config);
  return { server: server.href, namespace, tls: { ...tls }, headers };
}

const JANE = {
  authorization: "Bearer old",
  "impersonate-user": "jane",
  "impersonate-group": ["dev"],
};
const TLS_A = { certificateAuthority: AUTHORITY, serverName: "name.test" };
const HERE = { server: "https://a.test/", tls: TLS_A, headers: JANE };

for (
  const [flags, expected] of [
    ["", HERE],
    ["--server=", HERE],
    ["--insecure-skip-tls-verify=false", HERE],
    ["--token new", { headers: { ...JANE, authorization: "Bearer new" } }],
    [
      "--context there --token new",
      { headers: { authorization: "Bearer new" } },
    ],
    ["--user file", { headers: { authorization: "Bearer from-file" } }],
    [
      "--as joe --as-uid 7",
      {
        headers: {
          ...JANE,
          "impersonate-user": "joe",
          "impersonate-uid": "7",
        },
      },
    ],
    [
      "--as-group ops --as-group=a,b",
      { headers: { ...JANE, "impersonate-group": ["ops", "a,b"] } },
    ],
    [
      "--as-user-extra scope=x --as-user-extra scope=y=z",
      { headers: { ...JANE, "impersonate-extra-scope": ["x", "y=z"] } },
    ],
    // Another server has another name in its certificate.
    [
      "-s https://c.test/x",
      {
        server: "https://c.test/x",
        tls: { certificateAuthority: AUTHORITY },
      },
    ],
    [
      "-s https://c.test --tls-server-name d.test",
      { tls: { certificateAuthority: AUTHORITY, serverName: "d.test" } },
    ],
    [
      "--certificate-authority /ca.pem",
      { tls: { certificateAuthority: OTHER, serverName: "name.test" } },
    ],
    [
      "--insecure-skip-tls-verify",
      { tls: { insecureSkipTlsVerify: true, serverName: "name.test" } },
    ],
    [
      "--cluster b --certificate-authority /ca.pem",
      { server: "https://b.test/", tls: { certificateAuthority: OTHER } },
    ],
    [
      "--user cert --client-certificate /cert.pem --client-key /key.pem",
      {
        tls: { ...TLS_A, clientCertificate: CERTIFICATE, clientKey: KEY },
        headers: {},
      },
    ],
    [
      "--cluster b",
      { server: "https://b.test/", tls: { insecureSkipTlsVerify: true } },
    ],
  ] as const
) {
  test(`program: "${flags}" counts before the kubeconfig`, async () => {
    const found = await resolved(flags);
    assertEquals(found, { ...found, ...expected });
  });
}

test("program: a server needs no kubeconfig, and is not this pod's", async () => {
  const flags = "-s https://c.test --token t";
  const host = machine(POD);
  assertEquals(await resolved(flags, host), {
    server: "https://c.test/",
    namespace: "default",
    tls: {},
    headers: { authorization: "Bearer t" },
  });
});

test("program: in a pod, flags replace fields of its account", async () => {
  const host = machine(POD);
  assertEquals(await resolved("--token t --as joe", host), {
    server: "https://10.0.0.1/",
    namespace: "team",
    tls: { certificateAuthority: AUTHORITY },
    headers: { authorization: "Bearer t", "impersonate-user": "joe" },
  });
  const { headers } = await resolved("--as joe", host);
  assertEquals(headers?.authorization, "Bearer account");
});

for (
  const [flags, message] of [
    ["--cluster=c", 'the context "here" in the kubeconfig /k: there is no clu'],
    [
      "--user=v",
      'the context "here" in the kubeconfig /k: there is no user "v',
    ],
    ["--token=sécret-token", "the flag --token: it has characters"],
    ["--token sécret-token --as=joe", "the flag --token: it has characters"],
    ["--as=jo\u0007e", "the flag --as: it has characters"],
    ["--as-group=a\u0007", "the flag --as-group: it has characters"],
    ["--server=ftp://x", "the flag --server: its scheme must be"],
    ["--server=https://me:secret-token@x", "the flag --server: credentials"],
    ["--certificate-authority=/gone", "the flag --certificate-authority: cann"],
    ["--certificate-authority=/token", "the flag --certificate-authority: it"],
    ["--tls-server-name=a/b", "the flag --tls-server-name: it"],
    [
      "--insecure-skip-tls-verify --certificate-authority=/ca.pem",
      "the flag --insecure-skip-tls-verify: it contradicts the flag --cert",
    ],
    [
      "--user=cert --client-certificate=/token",
      "the flag --client-certificate: it",
    ],
    [
      "--user=file --as-uid=7",
      'the user "file" in the kubeconfig /k: it impersonates without',
    ],
    ["--kubeconfig=eyJhbGciOiJIUzI1NiJ9secret-token", "the flag --kubeconfig"],
  ] as const
) {
  test(`program: "${flags.slice(0, 40)}" is an error that hides secrets`, async () => {
    const error = await assertRejects(
      () => resolved(flags),
      ConfigurationError,
      `Cannot use ${message}`,
    );
    assertHidden(error, ["sécret-token", "secret-token"]);
  });
}

test("program: with --token no credential plugin runs", async () => {
  const host = machine();
  const config = JSON.parse(KUBECONFIG);
  const apiVersion = "client.authentication.k8s.io/v1";
  const exec = { command: "login", apiVersion, interactiveMode: "Never" };
  config.users.push({ name: "plugin", user: { exec } });
  host.files["/k"] = JSON.stringify(config);
  const { headers } = await resolved("--user=plugin --token=t", host);
  assertEquals([headers, host.programs], [{ authorization: "Bearer t" }, []]);
});

test("program: a cluster that is not found names what is looked at", async () => {
  await assertRejects(
    () => resolved("--cluster=c", machine({})),
    ConfigurationError,
    'Cannot use the command line: there is no cluster "c"',
  );
  await assertRejects(
    () => resolved("--token=t --user=u", machine({})),
    ConfigurationError,
    "Cannot find a cluster",
  );
});

test("program: a request's timeout is a number of seconds or a duration", () => {
  const parse = (...words: string[]) =>
    requestTimeoutOf(parseCommandLine(["logs", ...words]));
  assertEquals(parse(), null);
  assertEquals(parse("--request-timeout=0"), null);
  assertEquals(parse("--request-timeout=0s"), null);
  assertEquals(parse("--request-timeout", "7"), 7_000);
  assertEquals(parse("--request-timeout=1m5s"), 65_000);
  for (const text of ["-1", "x", "5 s", "1e3", "9999999999"]) {
    assertThrows(
      () => parse(`--request-timeout=${text}`),
      UsageError,
      `invalid argument "${text}" for --request-timeout`,
    );
  }
});

test("program: --as-user-extra must be a name and a value", () => {
  for (const pair of ["scope", "=x", ""]) {
    const line = parseCommandLine(["logs", `--as-user-extra=${pair}`]);
    assertThrows(() => configSearch(line), UsageError, "NAME=VALUE");
  }
});

test("program: the value of a misspelt flag is not shown", () => {
  const secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
  for (
    const line of [
      ["--tokne", secret, "logs"],
      ["--tokne=" + secret, "logs", "web-0"],
      [secret, "logs"],
    ]
  ) assertHidden(assertThrows(() => parseCommandLine(line)), [secret]);
});
