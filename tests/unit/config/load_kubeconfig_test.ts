import { assertEquals, assertRejects } from "@std/assert";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";
import process from "node:process";
import { hostOf } from "../../../src/platform/host.ts";
import { findConfig } from "../../../src/config/find_config.ts";
import { loadKubeconfig } from "../../../src/config/mod.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { REAL } from "../../support/pem.ts";

const VARIABLES = [
  "KUBECONFIG",
  "HOME",
  "HOMEDRIVE",
  "HOMEPATH",
  "USERPROFILE",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
];

/** Runs `body` with an empty temporary home directory. */
async function atHome(body: (home: string) => Promise<void>): Promise<void> {
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  const home = await mkdtemp(join(tmpdir(), "podwire-"));
  try {
    for (const name of VARIABLES) delete process.env[name];
    process.env.HOME = home;
    await body(home);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(home, { recursive: true });
  }
}

const yaml = (name: string) => `
current-context: ${name}
clusters:
- name: ${name}
  cluster:
    server: https://${name}.test
    certificate-authority: ca.crt
contexts:
- name: ${name}
  context: {cluster: ${name}}
`;

test("loadKubeconfig: ~/.kube/config, and the files that it names", () =>
  atHome(async (home) => {
    await mkdir(join(home, ".kube"));
    await writeFile(join(home, ".kube", "config"), yaml("home"));
    await writeFile(join(home, ".kube", "ca.crt"), REAL[0]!.certificate);
    const config = await (await loadKubeconfig()).resolve();
    assertEquals(config.server.host, "home.test");
    assertEquals(config.tls.certificateAuthority, REAL[0]!.certificate);
    const found = await findConfig({}, hostOf());
    assertEquals(found.server.host, "home.test");
  }));

test("loadKubeconfig: the files in KUBECONFIG, merged, with another context", () =>
  atHome(async (home) => {
    const paths = [join(home, "one"), join(home, "two")];
    await writeFile(paths[0]!, yaml("one"));
    await writeFile(paths[1]!, yaml("two"));
    process.env.KUBECONFIG = paths.join(delimiter);
    const kubeconfig = await loadKubeconfig({ context: "two" });
    assertEquals(kubeconfig.contexts.toSorted(), ["one", "two"]);
    assertEquals(kubeconfig.currentContext, "two");
    assertEquals((await loadKubeconfig()).currentContext, "one");
  }));

test("loadKubeconfig: the given path must exist", () =>
  atHome(async (home) => {
    const path = join(home, "config");
    await assertRejects(
      () => loadKubeconfig({ path }),
      ConfigurationError,
      `cannot read ${path} (ENOENT)`,
    );
    await writeFile(path, yaml("own"));
    assertEquals((await loadKubeconfig({ path })).contexts, ["own"]);
  }));

test("loadKubeconfig: without any file the error says where it looked", () =>
  atHome(async (home) => {
    await assertRejects(
      () => loadKubeconfig(),
      ConfigurationError,
      `there is none (looked at ${join(home, ".kube", "config")})`,
    );
  }));
