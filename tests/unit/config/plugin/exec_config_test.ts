import { assertEquals, assertThrows } from "@std/assert";
import { readExecConfig } from "../../../../src/config/plugin/exec_config.ts";
import type { BaseDirectory } from "../../../../src/config/files.ts";
import { Mapping } from "../../../../src/config/kubeconfig_document.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { assertHidden } from "../../../support/secrets.ts";

const V1 = "client.authentication.k8s.io/v1";
const V1BETA1 = "client.authentication.k8s.io/v1beta1";

function settings(
  exec: Record<string, unknown>,
  folder: BaseDirectory | null = null,
) {
  const user = new Mapping({ exec }, 'the user "u"', folder);
  return readExecConfig(user, user.mapping("exec")!);
}

test("readExecConfig: all fields", () => {
  const all = settings({
    apiVersion: V1,
    command: "aws",
    args: ["eks", "get-token"],
    env: [{ name: "AWS_PROFILE", value: "prod" }, { name: "EMPTY", value: "" }],
    interactiveMode: "Never",
    installHint: "brew install awscli",
    provideClusterInfo: true,
  });
  assertEquals(all, {
    title: 'the credential plugin "aws" of the user "u"',
    apiVersion: V1,
    command: "aws",
    args: ["eks", "get-token"],
    env: { AWS_PROFILE: "prod", EMPTY: "" },
    interactiveMode: "Never",
    installHint: "brew install awscli",
    provideClusterInfo: true,
  });
});

test("readExecConfig: optional fields, and the default interactiveMode of v1beta1", () => {
  const least = settings({
    apiVersion: V1BETA1,
    command: "aws",
    args: null,
    env: null,
  });
  assertEquals([least.args, least.env, least.installHint], [[], {}, null]);
  assertEquals(least.interactiveMode, "IfAvailable");
  assertEquals(least.provideClusterInfo, false);
});

test("readExecConfig: a path is relative to the kubeconfig's directory, a bare name is not", () => {
  const commandOf = (command: string) =>
    settings({ apiVersion: V1BETA1, command }, {
      path: "/etc/kube",
      windows: false,
    })
      .command;
  assertEquals(commandOf("aws"), "aws");
  assertEquals(commandOf("./aws"), "/etc/kube/aws");
  assertEquals(commandOf("bin/aws"), "/etc/kube/bin/aws");
  assertEquals(commandOf("/usr/bin/aws"), "/usr/bin/aws");
  const exec = { apiVersion: V1BETA1, command: "./aws" };
  const here = settings(exec, { path: ".", windows: false });
  assertEquals(here.command, "./aws");
});

const good = { apiVersion: V1, command: "aws", interactiveMode: "Never" };
const bad: [problem: string, exec: Record<string, unknown>][] = [
  ["it names no command", { ...good, command: "" }],
  ['command of exec of the user "u"', { ...good, command: ["s3cret"] }],
  ["the path is relative", { ...good, command: "bin/aws" }],
  [`it has no apiVersion: it must be ${V1}`, { ...good, apiVersion: "" }],
  ["Kubernetes 1.24 has removed v1alpha1", {
    ...good,
    apiVersion: "client.authentication.k8s.io/v1alpha1",
  }],
  [`it must be ${V1} or ${V1BETA1}`, { ...good, apiVersion: "v1" }],
  ["it must be Never, IfAvailable or Always", {
    ...good,
    interactiveMode: undefined,
  }],
  ["interactiveMode of exec", { ...good, interactiveMode: "never" }],
  ["args of exec", { ...good, args: "s3cret" }],
  ["args of exec", { ...good, args: [{ s3cret: 1 }] }],
  ["env of exec", { ...good, env: { TOKEN: "s3cret" } }],
  ["env[0] of exec", { ...good, env: ["TOKEN=s3cret"] }],
  ["env[1] of exec", {
    ...good,
    env: [{ name: "A" }, { value: "s3cret" }],
  }],
  ["value of env[0] of exec", {
    ...good,
    env: [{ name: "A", value: { s3cret: 1 } }],
  }],
  ["provideClusterInfo", { ...good, provideClusterInfo: "s3cret" }],
];

test("readExecConfig: an invalid field is a ConfigurationError that names it and shows no secret", () => {
  for (const [problem, exec] of bad) {
    const error = assertThrows(
      () => settings(exec),
      ConfigurationError,
      problem,
    );
    assertHidden(error, ["s3cret"]);
  }
});
