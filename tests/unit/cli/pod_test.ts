import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CommandError, UsageError } from "../../../src/cli/command_line.ts";
import { podName } from "../../../src/cli/pod.ts";
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
