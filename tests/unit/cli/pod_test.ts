import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Pod } from "../../../mod.ts";
import { CommandError, UsageError } from "../../../src/cli/command_line.ts";
import {
  defaultContainer,
  findContainer,
  podName,
} from "../../../src/cli/pod.ts";
import { test } from "../../harness.ts";

test("pod name: NAME and pod/NAME are accepted", () => {
  for (const argument of ["web-0", "pod/web-0", "pods/web-0", "po/web-0"]) {
    assertEquals(podName(argument, "exec"), "web-0");
  }
});

test("pod name: a missing name and other kinds are rejected", () => {
  const missing = "the name of a pod must be specified";
  for (
    const [argument, message] of [
      [undefined, missing],
      ["", missing],
      ["deploy/web", '"deploy/web" is not a pod; expected NAME or pod/NAME'],
      ["pod/", '"pod/" is not a pod; expected NAME or pod/NAME'],
      ["pod/a/b", '"pod/a/b" is not a pod; expected NAME or pod/NAME'],
    ] as const
  ) {
    const error = assertThrows(() => podName(argument, "logs"), UsageError);
    assertEquals([error.message, error.command], [message, "logs"]);
  }
});

test("pod name: a name that no pod can have is rejected", () => {
  for (
    const name of [
      "web 0",
      "Web",
      "web_0",
      ".",
      "a..b",
      "-a",
      "a%2f",
      "ü",
      "\n",
    ]
  ) {
    for (const argument of [name, `pod/${name}`]) {
      const error = assertThrows(() => podName(argument, "exec"), CommandError);
      assertStringIncludes(error.message, `invalid pod name "${name}"`);
    }
  }
  assertThrows(() => podName("a".repeat(254), "exec"), CommandError);
  assertEquals(podName("web.0-a", "exec"), "web.0-a");
});

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
