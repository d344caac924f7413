import { assertEquals } from "@std/assert";
import type { Pod } from "../../../../mod.ts";
import {
  defaultContainer,
  findContainer,
} from "../../../../src/api/targets/default_container.ts";
import { test } from "../../../harness.ts";

function pod(names: readonly string[], more: Partial<Pod["spec"]> = {}): Pod {
  const containers = names.map((name) => ({ name, image: "busybox" }));
  return { metadata: { name: "web-0" }, spec: { containers, ...more } } as Pod;
}

test("container: defaults to the only one, without a message", () => {
  assertEquals(defaultContainer(pod(["main"])), {
    container: "main",
    message: null,
  });
});

test("container: defaults to the first of several, with a message", () => {
  const init = { name: "setup", image: "busybox" };
  assertEquals(defaultContainer(pod(["a", "b"], { initContainers: [init] })), {
    container: "a",
    message: 'Defaulted container "a" out of: a, b, setup (init)',
  });
});

test("container: defaults to the one of the annotation, if it exists", () => {
  const annotations = { "kubectl.kubernetes.io/default-container": "b" };
  const annotated = (names: readonly string[]) => ({
    ...pod(names),
    metadata: { annotations },
  });
  assertEquals(defaultContainer(annotated(["a", "b"])), {
    container: "b",
    message: null,
  });
  assertEquals(defaultContainer(annotated(["a", "c"])).container, "a");
});

test("container: found by its name among all kinds of containers", () => {
  const debug = { name: "debug", image: "busybox", tty: true };
  const found = pod(["a"], { ephemeralContainers: [debug] });
  assertEquals(findContainer(found, "debug")?.tty, true);
  assertEquals(findContainer(found, "a")?.tty, undefined);
  assertEquals(findContainer(found, "b"), undefined);
});

test("container: a pod without a spec or containers has no default", () => {
  const metadata = { name: "web-0" };
  for (const spec of [undefined, {}, { containers: [] }]) {
    const bare = { metadata, spec } as unknown as Pod;
    const expected = { container: undefined, message: null };
    assertEquals(defaultContainer(bare), expected);
    assertEquals(findContainer(bare, "a"), undefined);
  }
});
