// The same plugins, run by kubectl and by this package.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import {
  Api,
  ApiError,
  type ClientOptions,
  ConfigurationError,
  createClient,
  Pod,
} from "../../mod.ts";
import { executableProblem } from "../../src/testing/containers/executable.ts";
import { type Cluster, startCluster } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { makePlugin, PAST, V1 } from "../support/fake_plugin.ts";
import { type TempFolder, withTempFolder } from "../support/temp_folder.ts";
import { rejection } from "../support/async.ts";

const skip = executableProblem("kubectl", process.env.PATH ?? "") === null
  ? undefined
  : "there is no kubectl on this machine";
const options = { skip, crossCheck: true, shared: true, timeout: 60_000 };

type Fields = Readonly<Record<string, unknown>>;

/** kubectl's cache goes into the folder too. */
function kubectl(
  kubeconfig: string,
  { path: HOME }: TempFolder,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, HOME };
  const args = [`--kubeconfig=${kubeconfig}`, "get", "pods", "-o", "name"];
  return new Promise((resolve) => {
    const child = execFile(
      "kubectl",
      args,
      { env },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code as number;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

async function ours(kubeconfig: string): Promise<string[]> {
  const client = await createClient({ kubeconfig });
  try {
    const { items } = await new Api(Pod, { client }).list();
    return items.map((pod) => `pod/${pod.metadata.name}`);
  } finally {
    await client.close();
  }
}

/** Writes a kubeconfig next to the plugin; returns its path. */
async function writeKubeconfig(
  cluster: Cluster,
  folder: TempFolder,
  user: Fields,
  more: Fields = {},
): Promise<string> {
  const config = JSON.parse(cluster.kubeconfig);
  Object.assign(config.clusters[0].cluster, more);
  config.users[0].user = user;
  const path = join(folder.path, "config");
  await writeFile(path, JSON.stringify(config));
  return path;
}

async function withCluster(
  body: (cluster: Cluster, folder: TempFolder) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({ startupDelay: 10 });
  try {
    const client = await createClient(cluster.clientOptions() as ClientOptions);
    const spec = { containers: [{ name: "main", image: "busybox" }] };
    const pods = new Api(Pod, { client });
    await pods.create({ metadata: { name: "web-0" }, spec });
    await client.close();
    await withTempFolder((folder) => body(cluster, folder));
  } finally {
    await cluster.close();
  }
}

const inputs: [what: string, exec: Fields, cluster?: Fields][] = [
  ["nothing of the cluster", {}],
  ["nothing of the cluster, v1beta1", {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    interactiveMode: undefined,
  }],
  ["the cluster", { provideClusterInfo: true }],
  ["the cluster, v1beta1", {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    interactiveMode: "IfAvailable",
    provideClusterInfo: true,
  }],
  ["the cluster in every detail", { provideClusterInfo: true }, {
    "tls-server-name": "localhost",
    "disable-compression": true,
    extensions: [
      { name: "other", extension: { not: "this" } },
      {
        name: "client.authentication.k8s.io/exec",
        extension: { audience: "a", list: [1, { b: null }] },
      },
    ],
  }],
  ["a cluster that is not verified", { provideClusterInfo: true }, {
    "insecure-skip-tls-verify": true,
    "certificate-authority-data": undefined,
  }],
];

test(
  "kubectl gives a plugin the same input, and accepts the same output",
  () =>
    withCluster(async (cluster, folder) => {
      const plugin = await makePlugin(folder);
      for (const [what, exec, more] of inputs) {
        const { apiVersion = V1 } = exec;
        const user = { exec: { ...plugin.exec, ...exec } };
        const path = await writeKubeconfig(cluster, folder, user, more);
        const credential = {
          apiVersion,
          kind: "ExecCredential",
          status: { token: cluster.token, expirationTimestamp: PAST },
        };
        await writeFile(join(folder.path, "issue"), JSON.stringify(credential));
        const { code, stdout, stderr } = await kubectl(path, folder);
        assertEquals([code, stdout], [0, "pod/web-0\n"], `${what}: ${stderr}`);
        const theirs = await plugin.info();
        assertEquals(await ours(path), ["pod/web-0"], what);
        assertEquals(await plugin.info(), theirs, what);
      }
    }),
  options,
);

test(
  "kubectl refuses the same plugins, with similar messages",
  () =>
    withCluster(async (cluster, folder) => {
      const plugin = await makePlugin(folder);
      const refused: [exec: Fields, theirs: string, our: string][] = [
        [
          { apiVersion: "client.authentication.k8s.io/v1alpha1" },
          'invalid apiVersion "client.authentication.k8s.io/v1alpha1"',
          "has removed v1alpha1",
        ],
        [
          { interactiveMode: undefined },
          "interactiveMode must be specified",
          "it must be Never, IfAvailable or Always",
        ],
        [
          { interactiveMode: "Always" },
          "standard input is not a terminal",
          "stdin is not a terminal",
        ],
        [
          { command: "podwire-no-such-plugin", installHint: "go and get it" },
          "go and get it",
          "is missing; go and get it",
        ],
        [{ env: [{ value: "x" }] }, "name must be specified", "it has no name"],
      ];
      for (const [exec, theirs, our] of refused) {
        const user = { exec: { ...plugin.exec, ...exec } };
        const path = await writeKubeconfig(cluster, folder, user);
        const { code, stderr } = await kubectl(path, folder);
        assertEquals(code, 1);
        assertStringIncludes(stderr, theirs);
        const error = await rejection<Error>(ours(path));
        assertStringIncludes(error.message, our);
      }
      assertEquals(await plugin.runs(), 0);
    }),
  options,
);

test(
  "kubectl accepts the same outputs of a plugin",
  () =>
    withCluster(async (cluster, folder) => {
      const plugin = await makePlugin(folder);
      const path = await writeKubeconfig(cluster, folder, {
        exec: plugin.exec,
      });
      const status = { token: cluster.token, expirationTimestamp: PAST };
      const json = JSON.stringify({ apiVersion: V1, status });
      const yaml = `apiVersion: ${V1}\nkind: ExecCredential\nstatus:\n` +
        `  token: ${cluster.token}\n  expirationTimestamp: ${PAST}\n`;
      const outputs: [output: string, accepted: boolean][] = [
        [json, true],
        [`\ufeff${json}`, true],
        [JSON.stringify({ apiVersion: V1, kind: "", status }), true],
        [`# comment\n${json}`, true],
        [yaml, true],
        [`---\n# comment\n${yaml}---\n{{{`, true],
        [yaml.replace("kind: ExecCredential\n", ""), true],
        [yaml.replace("ExecCredential", "Other"), false],
        [JSON.stringify({ kind: "ExecCredential", status }), false],
        [yaml.replace(cluster.token, "12"), false],
        [`${json} text`, false],
        [`${json}\n---\n{}`, false],
        [`Logged in\n${json}`, false],
        [`[${json}]`, false],
        ["", false],
      ];
      for (const [output, accepted] of outputs) {
        const what = output.replace(cluster.token, "TOKEN");
        await writeFile(join(folder.path, "issue"), output);
        const { code, stderr } = await kubectl(path, folder);
        assertEquals(code === 0, accepted, `${what}: ${stderr}`);
        if (accepted) assertEquals(await ours(path), ["pod/web-0"], what);
        else await rejection(ours(path), ConfigurationError);
      }
    }),
  options,
);

test(
  "kubectl uses the same credentials beside an auth-provider",
  () =>
    withCluster(async (cluster, folder) => {
      const part = (value: unknown) =>
        btoa(JSON.stringify(value)).replaceAll("=", "");
      // The cluster accepts no JWT: what counts is whether it is sent.
      const jwt = (exp: number) => `${part({})}.${part({ exp })}.signature`;
      const provider = (idToken?: string) => ({
        name: "oidc",
        config: {
          "idp-issuer-url": "https://issuer.test",
          "client-id": "me",
          ...(idToken === undefined ? {} : { "id-token": idToken }),
        },
      });
      const { token } = cluster;
      const valid = jwt(Math.floor(Date.now() / 1000) + 3600);
      const users: [user: Fields, theirs: RegExp | null][] = [
        [{ token, "auth-provider": provider() }, null],
        [{ token, "auth-provider": provider(jwt(1)) }, null],
        [{ "auth-provider": provider(valid) }, /Unauthorized|logged in/],
        [{ "auth-provider": provider(jwt(1)) }, /No valid id-token/],
        [{ "auth-provider": provider("x") }, /not a valid JWT/],
        [{ token, "auth-provider": { name: "gcp" } }, /gcp auth plugin/],
      ];
      for (const [user, theirs] of users) {
        const path = await writeKubeconfig(cluster, folder, user);
        const { code, stderr } = await kubectl(path, folder);
        assertEquals(code === 0, theirs === null, stderr);
        if (theirs === null) assertEquals(await ours(path), ["pod/web-0"]);
        else {
          assertMatch(stderr, theirs);
          const error = await rejection<Error>(ours(path));
          const sent = user === users[2]?.[0];
          assertEquals(error instanceof ApiError, sent, error.message);
        }
      }
    }),
  options,
);
