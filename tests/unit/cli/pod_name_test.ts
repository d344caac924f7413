import { assertEquals, assertThrows } from "@std/assert";
import { podName } from "../../../src/cli/pod_name.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";
import { test } from "../../harness.ts";

test("pod name: plain, or behind a pod's type", () => {
  for (const word of ["web-0", "pod/web-0", "pods/web-0", "po/web-0"]) {
    assertEquals(podName(word, "exec"), "web-0");
  }
});

test("pod name: none, or another type's, is refused", () => {
  for (
    const [word, message] of [
      [undefined, "The name of a pod is missing"],
      ["", "The name of a pod is missing"],
      ["deploy/web", '"deploy/web" is no pod: name one, as in pod/web-0'],
      ["pod/", '"pod/" is no pod: name one, as in pod/web-0'],
      ["pod/a/b", '"pod/a/b" is no pod: name one, as in pod/web-0'],
    ] as const
  ) {
    const error = assertThrows(() => podName(word, "logs"), UsageError);
    assertEquals([error.message, error.command], [message, "logs"]);
  }
});
