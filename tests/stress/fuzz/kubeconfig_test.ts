import { assert } from "@std/assert";
import { findConfig } from "../../../src/config/find_config.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { encodeRequestHead } from "../../../src/http/head_encoder.ts";
import { checkTls } from "../../../src/transport/tls_options.ts";
import { test } from "../../harness.ts";
import { FakeHost, programOutput } from "../../support/fake_host.ts";
import { headersOf } from "../../support/headers_of.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { fuzz } from "./fuzz.ts";
import { mutateText } from "./mutate_text.ts";

const TEXTS = [
  `apiVersion: v1
kind: Config
current-context: "dev"
clusters:
- name: dev
  cluster:
    server: https://dev.test:6443/prefix
    insecure-skip-tls-verify: yes
    tls-server-name: kube.internal
    proxy-url: http://u:p@proxy:3128
contexts:
- name: dev
  context: {cluster: dev, user: dev, namespace: team}
users:
- name: dev
  user:
    token: s3cret
    as: jane
    as-uid: "7"
    as-groups: [dev, ops]
    as-user-extra:
      scope: [view, edit]
`,
  `current-context: mini
clusters:
- name: mini
  cluster: {server: "https://10.0.0.1", certificate-authority: ca.crt}
contexts:
- {name: mini, context: {cluster: mini, user: mini}}
users:
- name: mini
  user:
    client-certificate: u.crt
    client-key-data: ${btoa(KEY)}
    tokenFile: token
`,
  `current-context: cloud
clusters:
- name: cloud
  cluster: {server: "https://cloud.test"}
contexts:
- {name: cloud, context: {cluster: cloud, user: cloud}}
users:
- name: cloud
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: bin/login
      args: [--cluster, cloud]
      env:
      - {name: PROFILE, value: work}
      interactiveMode: Never
      provideClusterInfo: true
      installHint: |
        Install it first
`,
  JSON.stringify(
    {
      "current-context": "j",
      clusters: [{ name: "j", cluster: { server: "10.0.0.1:8080" } }],
      contexts: [{ name: "j", context: { cluster: "j", user: "j" } }],
      users: [{ name: "j", user: { username: "u", password: "p" } }],
    },
    null,
    1,
  ),
];

const CREDENTIAL = {
  apiVersion: "client.authentication.k8s.io/v1",
  kind: "ExecCredential",
  status: { token: "t" },
};

const FILES = {
  "/k/ca.crt": AUTHORITY,
  "/k/u.crt": CERTIFICATE,
  "/k/token": "t",
};

/** Resolves two merged kubeconfigs, and checks that the result can be sent. */
async function resolve(one: string, two: string): Promise<void> {
  const host = new FakeHost({
    env: { KUBECONFIG: "/k/one:/k/two" },
    files: { ...FILES, "/k/one": one, "/k/two": two },
    program: () => Promise.resolve(programOutput(CREDENTIAL)),
  });
  const config = await findConfig({}, host);
  assert(/^https?:$/.test(config.server.protocol));
  checkTls(config.tls);
  encodeRequestHead("GET", config.server.pathname, (await headersOf(config))!);
}

test("fuzz: the unmutated kubeconfigs are valid", async () => {
  for (const text of TEXTS) await resolve(text, "");
});

fuzz(
  "any kubeconfig gives a valid configuration or a ConfigurationError",
  async (seeded) => {
    const one = mutateText(seeded.pick(TEXTS), seeded);
    const two = seeded.below(8) === 0 ? seeded.pick(TEXTS) : "";
    try {
      await resolve(one, two);
    } catch (error) {
      assert(
        error instanceof ConfigurationError,
        `${error} of ${JSON.stringify([one, two])}`,
      );
    }
  },
  10_000,
);
