import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { loadKubeconfig, parseKubeconfig } from "../../../src/config/mod.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { assertHidden } from "../../support/secrets.ts";

const YAML = `
apiVersion: v1
kind: Config
current-context: "dev"
clusters:
  - name: dev
    cluster:
      server: https://dev.test:6443
      insecure-skip-tls-verify: true
      tls-server-name: kube.internal
      proxy-url: http://proxy:3128
contexts:
  - name: dev
    context: {cluster: dev, user: dev, namespace: team}
  - name: ops
    context:
      cluster: dev
users:
  - name: dev
    user:
      token: s3cret
      as: jane
      as-groups: [dev]
      as-user-extra:
        scope: [view]
`;

test("parseKubeconfig: YAML and JSON", async () => {
  const config = await parseKubeconfig(YAML).resolve();
  assertEquals(config.server.href, "https://dev.test:6443/");
  assertEquals(config.tls, {
    insecureSkipTlsVerify: true,
    serverName: "kube.internal",
  });
  assertEquals(config.namespace, "team");
  const json = ' {"contexts": [{"name": "x"}]}';
  assertEquals(parseKubeconfig(json).contexts, ["x"]);
});

test("parseKubeconfig: YAML in flow style that is not JSON", () => {
  const flow = "{contexts: [{name: x}]}";
  assertEquals(parseKubeconfig(flow).contexts, ["x"]);
});

test("parseKubeconfig: the context option replaces the current one", async () => {
  const kubeconfig = parseKubeconfig(YAML, { context: "ops" });
  assertEquals(kubeconfig.currentContext, "ops");
  assertEquals((await kubeconfig.resolve()).namespace, "default");
});

test("parseKubeconfig: invalid YAML is a ConfigurationError that quotes none of it", () => {
  const broken = [
    'token: "s3cret',
    "x: &x {<<: *x}\ny: s3cret",
    "<<: s3cret",
    '{"token": "s3cret"',
    "- x\n  s3cret: y: z",
    "*s3cret",
    "s3cret: !!binary |\n  %%%",
    "token: s3cret\n\tx",
    "%s3cret 1\n---\na",
  ];
  for (const text of broken) {
    const error = assertThrows(() => parseKubeconfig(text), ConfigurationError);
    assert(error.message.startsWith("Cannot read the kubeconfig: "));
    assertHidden(error, ["s3cret"]);
  }
});

test("parseKubeconfig: a value that is not a string is a ConfigurationError", () => {
  for (const text of [undefined, 7, {}]) {
    assertThrows(
      () => parseKubeconfig(text as unknown as string),
      ConfigurationError,
      "its text must be a string",
    );
  }
});

test("kubeconfig: an option that does not exist is a TypeError with a suggestion", async () => {
  const wrong: unknown[] = ["path", { pth: "/k" }, { contxt: "x" }, 7, null];
  for (const options of wrong) {
    await assertRejects(() => loadKubeconfig(options as never), TypeError);
  }
  const text = "{}";
  for (const options of ["x", { path: "/k" }, { folder: "/k" }]) {
    assertThrows(() => parseKubeconfig(text, options as never), TypeError);
  }
  await assertRejects(
    () => loadKubeconfig({ contxt: "x" } as never),
    TypeError,
    'Cannot load a kubeconfig: there is no option "contxt"; did you mean "context"?',
  );
  await assertRejects(
    () => loadKubeconfig({ path: 7 } as never),
    ConfigurationError,
    'Cannot use the option "path": it must be a string',
  );
});

/** A mapping with `count` entries, for merge keys. */
const wide = (count: number) =>
  `a: &a {${Array.from({ length: count }, (_, i) => `k${i}: 1`).join(", ")}}\n`;

test("parseKubeconfig: merge keys cannot take long", () => {
  const count = 4000;
  const aliases = Array(count).fill("*a").join(", ");
  const again = `${YAML}\n${wide(count)}b: {<<: [${aliases}]}\n`;
  assertEquals(parseKubeconfig(again).currentContext, "dev");

  const indices = Array.from({ length: count }, (_, index) => index);
  const chain = indices.map((i) =>
    `x${i}: &x${i} {${i ? `<<: *x${i - 1}, ` : ""}k${i}: 1}`
  );
  const fan = indices.map((i) => `x${i}: {<<: *a}`);
  const list = `a: &a [${Array(count).fill("{}").join(", ")}]\n`;
  for (
    const text of [
      chain.join("\n"),
      wide(count) + fan.join("\n"),
      list + fan.join("\n"),
    ]
  ) {
    assertThrows(
      () => parseKubeconfig(text),
      ConfigurationError,
      "Cannot read the kubeconfig: its merge keys expand too far",
    );
  }
});

test("parseKubeconfig: a long line of tags, quotes or scalars cannot take long", () => {
  const count = 100_000;
  for (const item of ["!t x, ", '"x", ', "x, ", "!t &a x, "]) {
    const text = `${YAML}\nx:\t[${item.repeat(count)}]\n`;
    assertEquals(parseKubeconfig(text).currentContext, "dev");
  }
});
