import { assertEquals, assertStringIncludes } from "@std/assert";
import { upgradeHint } from "../../../src/request/upgrade_hint.ts";
import { test } from "../../harness.ts";

const PATH = "/api/v1/namespaces/default/pods/web/exec";

const HINTS:
  readonly (readonly [status: number, body: string, hint: string])[] = [
    [
      400,
      "pod web does not have a host assigned",
      "waitFor(name, isRunning)",
    ],
    [
      400,
      "a container name must be specified for pod web, choose one of: [a b]",
      'set the option "container"',
    ],
    [400, "Upgrade request required", "may have removed the Upgrade header"],
    [401, "", "check the token or the client certificate"],
    [403, "", "none of the offered subprotocols"],
    [403, "forbidden", '"create" on pods/exec'],
    [404, 'pods "web" not found', "check the name, the namespace"],
    [431, "", "pass the data on stdin"],
    [429, "Too many requests", "try again later"],
    [503, "", "try again later"],
    [500, 'container not found ("main")', "the container does not run"],
    [302, "", "redirects are not followed"],
  ];

for (const [status, body, hint] of HINTS) {
  test(`the hint for ${status} ${body}`, () => {
    assertStringIncludes(upgradeHint(status, body, PATH) ?? "", hint);
  });
}

test("there is no hint where nothing is known", () => {
  assertEquals(upgradeHint(400, "container nope is not valid", PATH), null);
  assertEquals(upgradeHint(500, "error dialing backend", PATH), null);
});
