import { assertEquals } from "@std/assert";
import { ApiError, ConfigurationError, HandshakeError } from "../../../mod.ts";
import { explain } from "../../../src/cli/explain.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";
import { test } from "../../harness.ts";

const ELSEWHERE =
  "-n NAME looks in another namespace, --context in another cluster";

for (
  const [error, line] of [
    [
      new UsageError("The flag -c needs a value", "exec"),
      "error: The flag -c needs a value (see podwire exec --help)",
    ],
    [
      new UsageError('There is no command "x"', null),
      'error: There is no command "x" (see podwire --help)',
    ],
    [
      new ApiError("Cannot get x: 404", {
        httpStatus: 404,
        reason: "NotFound",
        apiStatus: null,
      }),
      `error: Cannot get x: 404 (${ELSEWHERE})`,
    ],
    [
      new HandshakeError("Cannot exec: 403", { httpStatus: 403, hint: "ask" }),
      "error: Cannot exec: 403 (ask)",
    ],
    [
      new HandshakeError("Cannot exec: 403: ask", {
        httpStatus: 403,
        hint: "ask",
      }),
      "error: Cannot exec: 403: ask",
    ],
    [
      new ConfigurationError("Cannot find a cluster"),
      "error: Cannot find a cluster (see --kubeconfig and --context)",
    ],
    [new RangeError("Cannot resize"), "error: Cannot resize"],
    [
      Object.assign(new Error("one\n  two\r\nthree"), { name: "SomeError" }),
      "error: SomeError: one; two; three",
    ],
    ["a string", "error: a string"],
  ] as const
) {
  test(`explain: "${line}"`, () => assertEquals(explain(error), line));
}
