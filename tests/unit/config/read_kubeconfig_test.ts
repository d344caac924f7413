import { assertEquals, assertThrows } from "@std/assert";
import {
  defaultPaths,
  describeDefaultPaths,
  readDefaultKubeconfig,
} from "../../../src/config/read_kubeconfig.ts";
import { loadYaml } from "../../../src/config/load_yaml.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { FakeHost } from "../../support/fake_host.ts";

const lists: [list: string, windows: boolean, paths: string[]][] = [
  ["/a", false, ["/a"]],
  ["/a:/b:/a::/c:", false, ["/a", "/b", "/c"]],
  [":", false, []],
  ["C:\\a;D:\\b c;;C:\\a", true, ["C:\\a", "D:\\b c"]],
  ['"C:\\a;b";D:\\"c;d"\\e', true, ["C:\\a;b", "D:\\c;d\\e"]],
  ["C:\\a", false, ["C", "\\a"]],
];

test("defaultPaths: KUBECONFIG, each path once, with the system's separator", () => {
  for (const [KUBECONFIG, windows, paths] of lists) {
    const env = { KUBECONFIG, HOME: "/home/me" };
    const found = defaultPaths(new FakeHost({ env, windows }));
    assertEquals(found, { paths, merged: true });
  }
});

test("defaultPaths: else .kube/config at home, also if KUBECONFIG is empty", () => {
  const env = { KUBECONFIG: "", HOME: "/home/me", USERPROFILE: "C:\\me" };
  assertEquals(defaultPaths(new FakeHost({ env })), {
    paths: ["/home/me/.kube/config"],
    merged: false,
  });
  assertEquals(defaultPaths(new FakeHost()).paths, []);
});

test("defaultPaths: Windows has three variables for home", () => {
  const env = {
    HOME: "C:\\home",
    HOMEDRIVE: "D:",
    HOMEPATH: "\\me",
    USERPROFILE: "C:\\Users\\me",
  };
  const pathsOf = (env: Record<string, string>) =>
    defaultPaths(new FakeHost({ env, windows: true })).paths;
  assertEquals(pathsOf(env), [
    "C:\\home\\.kube\\config",
    "D:\\me\\.kube\\config",
    "C:\\Users\\me\\.kube\\config",
  ]);
  const { USERPROFILE } = env;
  const alone = ["C:\\Users\\me\\.kube\\config"];
  assertEquals(pathsOf({ USERPROFILE }), alone);
  assertEquals(pathsOf({ USERPROFILE, HOMEPATH: "\\me" }), alone);
  assertEquals(pathsOf({ USERPROFILE, HOME: "C:\\Users\\me" }), alone);
});

test("readDefaultKubeconfig: only the first home with a kubeconfig counts", async () => {
  const text = (name: string) =>
    JSON.stringify({ contexts: [{ name }], "current-context": name });
  const host = new FakeHost({
    env: {
      HOME: "C:\\none",
      HOMEDRIVE: "D:",
      HOMEPATH: "\\",
      USERPROFILE: "E:",
    },
    files: {
      "D:\\.kube\\config": text("drive"),
      "E:\\.kube\\config": text("profile"),
    },
    windows: true,
  });
  const found = await readDefaultKubeconfig({ host, loadYaml: loadYaml });
  assertEquals(found?.contexts, ["drive"]);
  assertEquals(host.readPaths, [
    "C:\\none\\.kube\\config",
    "D:\\.kube\\config",
  ]);
});

test("readDefaultKubeconfig: a home on a drive that is away is none on Windows", async () => {
  const text = JSON.stringify({ contexts: [{ name: "here" }] });
  const env = { HOMEDRIVE: "H:", HOMEPATH: "\\", USERPROFILE: "C:\\me" };
  for (const windows of [true, false]) {
    const files = { "C:\\me\\.kube\\config": text };
    const host = new FakeHost({ env: { ...env, HOME: "H:" }, files, windows });
    const { readFile } = host;
    host.readFile = (path) =>
      path.startsWith("H:")
        ? Promise.reject(Object.assign(new Error("away"), { code: "UNKNOWN" }))
        : readFile.call(host, path);
    const found = readDefaultKubeconfig({ host, loadYaml });
    if (windows) assertEquals((await found)?.contexts, ["here"]);
    else await rejection(found, ConfigurationError);
  }
});

test("describeDefaultPaths: the paths, or why there are none", () => {
  const at = (env: Record<string, string>) =>
    describeDefaultPaths(new FakeHost({ env }));
  assertEquals(at({ KUBECONFIG: "/a:/b" }), "/a, /b");
  assertEquals(at({ HOME: "/home/me" }), "/home/me/.kube/config");
  assertEquals(at({ KUBECONFIG: ":" }), "no file: KUBECONFIG names none");
  assertEquals(at({}), "~/.kube/config");
});

test("defaultPaths: a variable that cannot be read is a ConfigurationError", () => {
  const host = new FakeHost();
  host.env = () => {
    throw new Error("Requires env access");
  };
  assertThrows(() => defaultPaths(host), ConfigurationError, "KUBECONFIG");
});
