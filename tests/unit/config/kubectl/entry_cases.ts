import { AUTHORITY, CERTIFICATE, KEY } from "../../../support/pem.ts";
import { type Case, PLAIN, type View, yaml } from "./case.ts";

function one(
  name: string,
  file: string,
  ours: View | string,
  kubectl?: Case["kubectl"],
): Case {
  const files = { file, "ca.crt": AUTHORITY };
  return { name, files, list: ["file"], ours, kubectl };
}

const user = (lines: string) => yaml({ user: lines });
const cluster = (lines: string) => yaml({ cluster: lines });
const withHeaders = (headers: View["headers"]): View => ({
  server: "https://c.test/",
  headers,
});

/** How the entries of a kubeconfig are read. */
export const ENTRY_CASES: readonly Case[] = [
  one(
    "everything of a cluster",
    cluster(`certificate-authority-data: ${btoa(AUTHORITY)}
tls-server-name: kube.internal
proxy-url: http://user:pw@proxy:3128
disable-compression: true
something-else: {a: 1}`),
    {
      ...PLAIN,
      tls: { certificateAuthority: AUTHORITY, serverName: "kube.internal" },
      proxy: "http://user:pw@proxy:3128/",
      headers: { ...PLAIN.headers, "accept-encoding": "identity" },
    },
  ),
  one(
    "a server with a path",
    cluster("server: https://c.test:8443/k8s/clusters/c-1"),
    { ...PLAIN, server: "https://c.test:8443/k8s/clusters/c-1" },
  ),
  one(
    "a client certificate",
    user(`client-certificate-data: ${btoa(CERTIFICATE)}
client-key-data: ${btoa(KEY)}`),
    {
      server: "https://c.test/",
      tls: { clientCertificate: CERTIFICATE, clientKey: KEY },
    },
  ),
  one(
    "base64 on several lines",
    cluster(`certificate-authority-data: |
  ${btoa(AUTHORITY).replace(/.{40}/g, "$&\n  ")}`),
    { ...PLAIN, tls: { certificateAuthority: AUTHORITY } },
  ),
  one(
    "base64 without its padding",
    cluster(
      `certificate-authority-data: ${btoa(AUTHORITY).replace(/=+$/, "")}`,
    ),
    { ...PLAIN, tls: { certificateAuthority: AUTHORITY } },
    { gives: "refusal", because: "the data is unambiguous" },
  ),
  one(
    "no base64",
    cluster("certificate-authority-data: '%%'"),
    "it is not base64",
  ),
  one(
    "data and a file",
    cluster(`certificate-authority-data: ${btoa(AUTHORITY)}
certificate-authority: missing.crt`),
    { ...PLAIN, tls: { certificateAuthority: AUTHORITY } },
    {
      gives: "refusal",
      because: "its own description of the field says that data overrides",
    },
  ),
  one(
    "a file that is missing",
    cluster("certificate-authority: missing.crt"),
    "(ENOENT)",
  ),
  one("a token", user("token: x"), withHeaders({ authorization: "Bearer x" })),
  one(
    "a user name and a password",
    user("username: u\npassword: 'p:w'"),
    withHeaders({ authorization: `Basic ${btoa("u:p:w")}` }),
  ),
  one(
    "impersonation",
    user(`token: t
as: jane
as-uid: '42'
as-groups: [dev, "ops, and more"]
as-user-extra: {scope: [view, edit]}`),
    withHeaders({
      authorization: "Bearer t",
      "impersonate-user": "jane",
      "impersonate-uid": "42",
      "impersonate-group": ["dev", "ops, and more"],
      "impersonate-extra-scope": ["view", "edit"],
    }),
  ),
  one(
    "null among the groups",
    user("as: jane\nas-groups: [dev, null]"),
    withHeaders({
      "impersonate-user": "jane",
      "impersonate-group": ["dev", ""],
    }),
  ),
  one("one group, no list", user("as: j\nas-groups: dev"), "a list of strings"),
  one("a number for a group", user("as: j\nas-groups: [1]"), "in quotes"),
  one("no user at all", yaml().replace("user: u", "user: ''"), {
    server: "https://c.test/",
  }),
  one(
    "fields in another case",
    user("Token: x"),
    { server: "https://c.test/" },
  ),
  one("null entries", yaml({ user: "null" }), { server: "https://c.test/" }),
  one(
    "a missing user",
    yaml().replace("user: u", "user: v"),
    'there is no user "v"',
  ),
  one(
    "a missing cluster",
    yaml().replace("cluster: c", "cluster: d"),
    'there is no cluster "d"',
  ),
  one(
    "an entry that is a list",
    yaml({ user: "[]" }),
    "users[0].user is not a mapping",
  ),
  one(
    "two entries with one name",
    `${yaml()}- name: u\n`,
    'there are two users named "u"',
  ),
  one(
    "a name that is a number",
    yaml().replace("- name: u", "- name: 1"),
    "in quotes",
  ),
  one(
    "users that are a mapping",
    "current-context: x\nusers: {}",
    "users is not a list",
  ),
  one("apiVersion and kind", yaml({ head: "apiVersion: v1\nkind: Config" }), {
    ...PLAIN,
  }),
  one("both empty", yaml({ head: "apiVersion: ''\nkind: null" }), PLAIN),
  one("another kind", yaml({ head: "kind: Pod" }), "its kind is not Config"),
  one(
    "another version",
    yaml({ head: "apiVersion: v2" }),
    "its apiVersion is not v1",
  ),
  one("a version that is a number", yaml({ head: "apiVersion: 1" }), "number"),
  one(
    "another user that is broken",
    `${yaml()}- name: v\n  user: {token: 7}\n`,
    PLAIN,
    { gives: "refusal", because: "that user is not used" },
  ),
];
