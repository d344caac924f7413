import { AUTHORITY, CERTIFICATE, KEY } from "../../../support/pem.ts";
import { type Case, yaml } from "./case.ts";

/** A cluster, a user and a context with the same name. */
function named(name: string, current = name): string {
  return JSON.stringify({
    "current-context": current,
    clusters: [{ name, cluster: { server: `https://${name}.test` } }],
    users: [{ name, user: { token: name } }],
    contexts: [{
      name,
      context: { cluster: name, user: name, namespace: name },
    }],
  });
}

const viewOf = (name: string) => ({
  server: `https://${name}.test/`,
  namespace: name,
  headers: { authorization: `Bearer ${name}` },
});

/** Where kubeconfigs are found, and how they are merged. */
export const MERGE_CASES: readonly Case[] = [
  {
    name: "without KUBECONFIG it is the one in the home directory",
    files: { ".kube/config": named("home"), other: named("other") },
    ours: viewOf("home"),
  },
  {
    name: "with KUBECONFIG the one in the home directory does not count",
    files: { ".kube/config": named("home"), other: named("other") },
    list: ["other"],
    ours: viewOf("other"),
  },
  {
    name: "an empty list in KUBECONFIG is not replaced by the home directory",
    files: { ".kube/config": named("home") },
    list: ["", ""],
    ours: "Cannot find a cluster",
  },
  {
    name: "the first current context counts",
    files: { a: named("a"), b: named("b") },
    list: ["a", "b"],
    ours: viewOf("a"),
  },
  {
    name: "an empty current context is none",
    files: { a: named("a", ""), b: named("b") },
    list: ["a", "b"],
    ours: viewOf("b"),
  },
  {
    name: "missing files, empty names and duplicates are skipped",
    files: { b: named("b") },
    list: ["", "missing", "b", "b", "missing", ""],
    ours: viewOf("b"),
  },
  {
    name: "empty files are ignored",
    files: { a: "", b: "# nothing\n", c: named("c"), d: "{}" },
    list: ["a", "b", "c", "d"],
    ours: viewOf("c"),
  },
  {
    name: "a context may be of another file than its cluster and its user",
    files: {
      a: JSON.stringify({
        "current-context": "x",
        contexts: [{ name: "x", context: { cluster: "b", user: "c" } }],
      }),
      b: named("b"),
      c: named("c"),
    },
    list: ["a", "b", "c"],
    ours: {
      server: "https://b.test/",
      headers: { authorization: "Bearer c" },
    },
  },
  {
    name: "an entry of the first file hides the whole entry of a later one",
    files: {
      a: JSON.stringify({
        users: [{ name: "u", user: { token: "first" } }],
        clusters: [{ name: "c", cluster: { server: "https://first.test" } }],
      }),
      b: yaml({
        user: "as: jane\ntoken: second",
        cluster: "tls-server-name: kube.internal",
        context: "namespace: team",
      }),
    },
    list: ["a", "b"],
    ours: {
      server: "https://first.test/",
      namespace: "team",
      headers: { authorization: "Bearer first" },
    },
  },
  {
    name: "an empty entry hides one too",
    files: { a: "users: [{name: u}]", b: yaml({ user: "token: second" }) },
    list: ["a", "b"],
    ours: { server: "https://c.test/" },
  },
  {
    name: "a context can be asked for, wherever it is",
    files: { a: named("a"), b: named("b") },
    list: ["a", "b"],
    context: "b",
    ours: viewOf("b"),
  },
  {
    name: "a context that is asked for must exist",
    files: { a: named("a") },
    list: ["a"],
    context: "b",
    ours: 'there is no context "b"; it has "a"',
  },
  {
    name: "the current context must exist",
    files: { a: named("a", "b") },
    list: ["a"],
    ours: 'there is no context "b"; it has "a"',
  },
  {
    name: "without a current context there is nothing to use",
    files: { a: named("a", "") },
    list: ["a"],
    ours: "it has no current context",
  },
  {
    name: "paths are relative to their own file",
    files: {
      "a/config": JSON.stringify({
        users: [{
          name: "u",
          user: { "client-certificate": "u.crt", "client-key": "../u.key" },
        }],
      }),
      "a/u.crt": CERTIFICATE,
      "u.key": KEY,
      "b/config": yaml({ cluster: "certificate-authority: pki/ca.crt" }),
      "b/pki/ca.crt": AUTHORITY,
    },
    list: ["a/config", "b/config"],
    ours: {
      server: "https://c.test/",
      tls: {
        certificateAuthority: AUTHORITY,
        clientCertificate: CERTIFICATE,
        clientKey: KEY,
      },
    },
  },
  {
    name: "an existing file must be readable",
    files: { a: named("a"), "b/config": "" },
    list: ["a", "b"],
    ours: "Cannot use the kubeconfig",
  },
  {
    name: "a path through a file is not a missing file",
    files: { a: named("a") },
    list: ["a/config", "a"],
    ours: "(ENOTDIR)",
  },
  {
    name: "one broken file breaks all",
    files: { a: named("a"), b: "clusters: 7" },
    list: ["a", "b"],
    ours: "clusters is not a list",
  },
];
