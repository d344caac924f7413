import { assertEquals } from "@std/assert";
import { encodeBase64, encodeBase64Url, encodeText } from "../../src/bytes.ts";
import {
  hideCredentials,
  isQuotable,
  quote,
  redact,
  stripEscapes,
} from "../../src/redact.ts";
import { test } from "../harness.ts";

const quoted: [said: string, shown: string][] = [
  [
    'Unable to locate credentials. Configure them by running "aws login".\n',
    'Unable to locate credentials. Configure them by running "aws login".',
  ],
  ["error: (403) no access\n\n  to it", "error: (403) no access to it"],
  [
    "see https://kubernetes.io/docs/auth, or /etc/kube/config.yaml:12",
    "see https://kubernetes.io/docs/auth, or /etc/kube/config.yaml:12",
  ],
  ["dial tcp 10.0.0.1:6443: refused", "dial tcp 10.0.0.1:6443: refused"],
  ["the token has expired", "the token has expired"],
  ["no key was found", "no key was found"],
  ["\x1b[31mred\x1b[0m \x1b]0;title\x07alert\x07", "red alert"],
  ["", ""],
];

test("redact: plain language is quoted unchanged, on one line", () => {
  for (const [said, shown] of quoted) assertEquals(redact(said, []), shown);
});

const hidden: [said: string, shown: string][] = [
  ["got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJl.c2ln", "got ***"],
  ["AKIAIOSFODNN7EXAMPLE is wrong", "*** is wrong"],
  ["s3cret!", "***"],
  ["token=swordfish x", "*** x"],
  ["password: swordfish", "password: ***"],
  ['{"token": "swordfish"}', '{"token": ***'],
  ["Authorization: Bearer swordfish", "Authorization: *** ***"],
  ["--secret= swordfish", "--secret= ***"],
  ["MIIBc2VjcmV0a2V5==\nZm9v+YmFy/Zm9vYmFyMQ", "*** ***"],
  ["https://me:pw@host/?a=b", "***"],
  ["a".repeat(25), "***"],
  [`a${"-".repeat(4_000)}b9`, "***"],
];

test("redact: anything that may be a secret is hidden", () => {
  for (const [said, shown] of hidden) assertEquals(redact(said, []), shown);
});

test("redact: known secrets are hidden, even plain words", () => {
  const said = "no user swordfish, no (swordfishmonger), no fish";
  assertEquals(
    redact(said, ["swordfish", "swordfishmonger", "no", ""]),
    "no user ***, no (***), no fish",
  );
  const dressed = "sword\x1b[1mfish, sword\0fish";
  assertEquals(redact(dressed, ["swordfish"]), "***, ***");
});

test("redact: a replacement creates no new match", () => {
  assertEquals(redact("no $&(.$&(.* here", ["$&(.*"]), "no ***** here");
  assertEquals(redact("no a\nbee here", ["a bee"]), "no *** here");
});

test("redact: only the end of a long text", () => {
  const shown = redact(`${"on and ".repeat(1_000)}on`, []);
  assertEquals(shown.length, 304);
  assertEquals(shown.startsWith("... "), true);
  assertEquals(shown.endsWith("on and on"), true);
});

test("stripEscapes: keeps line breaks", () => {
  assertEquals(stripEscapes("a\n\x1b[1mb\x1b[0m\tc\x07"), "a\nb\tc");
  assertEquals(stripEscapes("a\rb\r\nc\vd\fe\x85f"), "a\nb\nc\nd\ne\nf");
});

/** A private key in PEM; of no use, but of the usual form. */
const KEY_LINES = [
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0k8Zq1u8yJm1cVb5",
  "a9Hq2n7Yt3rXz6Wp4Ls0Ud8Gf2hRANCAATq5Jc7oVb3",
];
const KEY = `-----BEGIN PRIVATE KEY-----\n${
  KEY_LINES.join("\n")
}\n-----END PRIVATE KEY-----\n`;

test("quote: names and paths, but nothing that may be a text or a secret", () => {
  for (
    const name of [
      "kind-kind",
      "arn:aws:eks:eu-west-1:123456789012:cluster/prod",
      "gke_my-project_europe-west1-b_cluster-1",
      "/home/me/.kube/config",
      "C:\\Users\\me\\.kube\\config",
      "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/tmp-1/config",
      "/data/MIIT/MIC/kubeconfig",
      `/home/Runner1/${"work/Repo-Name1/".repeat(9)}kubeconfig`,
      "/nix/store/0c0zz0wkj2fl3yk4rd9f0g0xzhyh5ynb-kubeconfig",
      "system:admin/api-crc-testing:6443",
      "/srv/users/token:/srv/tokens: old",
      "https://host:6443/a@b",
    ]
  ) assertEquals([quote(name), isQuotable(name)], [`"${name}"`, true]);
  assertEquals(quote("red \x1b[31mname"), '"red name"');
  for (
    const text of [
      "apiVersion: v1\nkind: Config",
      ' {"apiVersion": "v1"}',
      "kind: Config apiVersion: v1",
      "a {users: [{user: {token: swordfish}}]}",
      "token: swordfish",
      "https://me:swordfish@host/kubeconfig",
      "-----BEGIN PRIVATE KEY-----",
      btoa(KEY),
      `/etc/kube/${btoa(KEY)}`,
      KEY_LINES.join(""),
      "MC4CAQAwBQYDK2VwBCIEIJcZq1u8yJm1cVb5a9Hq2n7Yt3rXz6Wp4Ls0Ud8Gf2hR",
      `MIIEpAIBAAKCAQEA${"x9Kq".repeat(20)}`,
      "LS0tLS1CRUdJTg==",
      "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2ln",
      btoa("apiVersion: v1, and what follows it in a kubeconfig ".repeat(3)),
      "x".repeat(256),
      "x".repeat(2 ** 20),
      "\u00e9".repeat(128),
    ]
  ) assertEquals([quote(text), isQuotable(text)], ["(not shown)", false]);
});

test("stripEscapes: control sequences of 7 and of 8 bits", () => {
  for (
    const sequence of [
      "\x1b[2J",
      "\x1b[1;31m",
      "\x9b1;31m",
      "\x1b]0;title\x07",
      "\x1b]52;c;Y2xpcA==\x1b\\",
      "\x9d0;title\x9c",
      "\x90q#0\x9c",
      "\x1bPq#0\x1b\\",
      "\x1b_hidden\x1b\\",
      "\x1b^hidden\x07",
      "\x1bc",
      "\x00\x08\x7f",
    ]
  ) {
    const shown = stripEscapes(`a${sequence}b`);
    assertEquals(shown, "ab", JSON.stringify(sequence));
  }
  assertEquals(stripEscapes("a\x1b"), "a");
  assertEquals(stripEscapes("\x1b]".repeat(100_000)).length, 0);
});

test("hideCredentials: the credentials of a request, in every form that may return", () => {
  const token = "s3cret-töken";
  const password = "pa55word";
  const basic = encodeBase64(encodeText(`me:${password}`));
  const subprotocol = encodeBase64Url(encodeText(token));
  const headers = {
    authorization: `Bearer ${token}`,
    "proxy-authorization": `Basic ${basic}`,
    "x-api-key": ["k3y-one", "k3y-two"],
    accept: "text/plain",
  };
  const text = `authorization: Bearer ${token}, ${subprotocol}, ${basic}, ` +
    `me:${password}, ${password}, k3y-one, k3y-two, text/plain`;
  assertEquals(
    hideCredentials(text, headers),
    "authorization: Bearer ***, ***, ***, ***, ***, ***, ***, text/plain",
  );
});

test("hideCredentials: as JSON, URLs and HTML escape them, in any case", () => {
  const token = "tok/en+s3cret&more";
  const headers = { authorization: `Bearer ${token}` };
  const forms = [
    JSON.stringify(token).replaceAll("/", "\\/"),
    token.replace("/", "\\u002f").replace("+", "\\u002B"),
    encodeURIComponent(token),
    token.replace("&", "&amp;"),
    token.replace("/", "&#47;").replace("+", "&#x2B;"),
    token.toUpperCase(),
  ];
  for (const form of forms) {
    const hidden = hideCredentials(`a ${form} b`, headers);
    assertEquals(hidden.replaceAll('"', ""), "a *** b", form);
  }
});

test("hideCredentials: a token that the end of a text cuts off", () => {
  const headers = { authorization: "Bearer s3cret-and-long" };
  for (const length of [8, 12, 16]) {
    const text = `a ${"s3cret-and-long".slice(0, length)}`;
    assertEquals(hideCredentials(text, headers), "a ***");
  }
  assertEquals(hideCredentials("a s3cret", headers), "a s3cret");
});
