import { assert, assertEquals } from "@std/assert";
import {
  ApiError,
  ConfigurationError,
  ConnectError,
  HandshakeError,
  TargetNotFoundError,
} from "../../../mod.ts";
import { UsageError } from "../../../src/cli/command_line.ts";
import { errorMessage, oneLine } from "../../../src/cli/messages.ts";
import {
  CONTAINER_HINT,
  UNSCHEDULED_HINT,
} from "../../../src/request/upgrade_hint.ts";
import { test } from "../../harness.ts";

const NOT_FOUND = "use -n for another namespace, --context for another cluster";

for (
  const [error, line] of [
    [
      new UsageError("flag needs an argument: -c", "exec"),
      "error: flag needs an argument: -c (see podwire exec --help)",
    ],
    [
      new UsageError('unknown command "x"', null),
      'error: unknown command "x" (see podwire --help)',
    ],
    [
      new ApiError("Cannot get x: 404", {
        httpStatus: 404,
        reason: "NotFound",
        apiStatus: null,
      }),
      `error: Cannot get x: 404 (${NOT_FOUND})`,
    ],
    [
      new TargetNotFoundError("Cannot exec in deployments: not found", {
        target: "deploy/web",
        cause: new ApiError("Cannot get deployments: 404", {
          httpStatus: 404,
          reason: "NotFound",
          apiStatus: null,
        }),
      }),
      `error: Cannot exec in deployments: not found (${NOT_FOUND})`,
    ],
    [
      new TargetNotFoundError("Cannot exec: no pod matches", { target: "a" }),
      "error: Cannot exec: no pod matches",
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
    ...[
      [CONTAINER_HINT, "name one with -c"],
      [UNSCHEDULED_HINT, "no node runs the pod yet"],
    ].map(([hint = "", ours]): [Error, string] => [
      new HandshakeError(`Cannot exec: 400 (${hint})`, {
        httpStatus: 400,
        hint,
      }),
      `error: Cannot exec: 400 (${ours})`,
    ]),
    [
      new ConfigurationError("Cannot find a cluster"),
      "error: Cannot find a cluster (see --kubeconfig and --context)",
    ],
    [
      new ConnectError("Cannot connect: no trust", { code: "CERT_UNTRUSTED" }),
      "error: Cannot connect: no trust (in a kubeconfig: " +
      "certificate-authority or certificate-authority-data)",
    ],
    [
      new ConnectError("Cannot connect: set certificate-authority", {
        code: "CERT_UNTRUSTED",
      }),
      "error: Cannot connect: set certificate-authority",
    ],
    [new Error("ENOSPC: no space left"), "error: ENOSPC: no space left"],
    [new RangeError("Cannot resize"), "error: Cannot resize"],
    [
      Object.assign(new Error("one two"), { name: "SomeError" }),
      "error: SomeError: one two",
    ],
    ["a string", "error: a string"],
  ] as const
) {
  test(`message: "${line}"`, () => assertEquals(errorMessage(error), line));
}

test("message: on one line, whatever breaks lines in it", () => {
  assertEquals(oneLine("\n one \r\n\x85 two\u2028\n"), "one; two");
});

test("message: a megabyte of blanks takes no time", () => {
  const blanks = " ".repeat(2 ** 20);
  const begun = performance.now();
  assertEquals(oneLine(`a${blanks}b`), `a${blanks}b`);
  // A regular expression that begins with blanks took minutes.
  assert(performance.now() - begun < 2_000);
});
