import { assertEquals } from "@std/assert";
import type { Pod } from "../../../mod.ts";
import { containerOf, defaultContainer } from "../../../src/cli/container.ts";
import { test } from "../../harness.ts";

function pod(names: readonly string[], more: Partial<Pod["spec"]> = {}): Pod {
  const containers = names.map((name) => ({ name, image: "busybox" }));
  return { metadata: { name: "web-0" }, spec: { containers, ...more } } as Pod;
}

test("container: the only one goes without saying", () => {
  assertEquals(defaultContainer(pod(["main"])), {
    container: "main",
    remark: null,
  });
});

test("container: the first of several, and it is said", () => {
  const init = { name: "setup", image: "busybox" };
  assertEquals(defaultContainer(pod(["a", "b"], { initContainers: [init] })), {
    container: "a",
    remark: 'Defaulted container "a" out of: a, b, setup (init)',
  });
});

test("container: the one of the annotation, if it is there", () => {
  const annotations = { "kubectl.kubernetes.io/default-container": "b" };
  const annotated = (names: readonly string[]) => ({
    ...pod(names),
    metadata: { annotations },
  });
  assertEquals(defaultContainer(annotated(["a", "b"])), {
    container: "b",
    remark: null,
  });
  assertEquals(defaultContainer(annotated(["a", "c"])).container, "a");
});

test("container: found by name, of whichever sort", () => {
  const debug = { name: "debug", image: "busybox", tty: true };
  const found = pod(["a"], { ephemeralContainers: [debug] });
  assertEquals(containerOf(found, "debug")?.tty, true);
  assertEquals(containerOf(found, "a")?.tty, undefined);
  assertEquals(containerOf(found, "b"), undefined);
});
