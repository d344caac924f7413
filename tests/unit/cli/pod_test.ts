import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CommandError, UsageError } from "../../../src/cli/command_line.ts";
import { podTarget } from "../../../src/cli/pod.ts";
import { test } from "../../harness.ts";

test("pod name: NAME and pod/NAME are accepted", () => {
  for (const argument of ["web-0", "pod/web-0", "pods/web-0", "po/web-0"]) {
    assertEquals(podTarget(argument, "exec").name, "web-0");
  }
});

test("pod name: a missing name and other kinds are rejected", () => {
  const missing = "the name of a pod must be specified";
  for (
    const [argument, message] of [
      [undefined, missing],
      ["", missing],
      ["pod/", 'Cannot get log of "pod/": a target is NAME or KIND/NAME'],
      ["pod/a/b", 'Cannot get log of "pod/a/b": a target is NAME or KIND/NAME'],
      [
        "deploi/web",
        'Cannot get log of "deploi/web": no kind "deploi" has pods; ' +
        'did you mean "deploy"?',
      ],
    ] as const
  ) {
    const error = assertThrows(() => podTarget(argument, "logs"), UsageError);
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
      const error = assertThrows(
        () => podTarget(argument, "exec"),
        CommandError,
      );
      assertStringIncludes(error.message, `invalid pod name "${name}"`);
    }
  }
  assertThrows(() => podTarget("a".repeat(254), "exec"), CommandError);
  assertEquals(podTarget("web.0-a", "exec").name, "web.0-a");
});
