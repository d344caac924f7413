import { assertEquals } from "@std/assert";
import { refusalHint } from "../../../src/request/refusal_hint.ts";
import { test } from "../../harness.ts";

test("a redirect's hint names its target without query and password", () => {
  const targets = {
    "https://login.example/auth?token=s3cret#x": "https://login.example/auth",
    "https://me:s3cret@host/path": "https://host/path",
    "//me:s3cret@host/": "//host/",
    "/elsewhere?state=s3cret": "/elsewhere",
    "\x1b[31m/red": "/red",
  };
  for (const [location, target] of Object.entries(targets)) {
    const hint = refusalHint(302, "", new Headers([["x", "y"]]));
    assertEquals(hint?.includes(", "), false);
    const headers = { get: () => location } as unknown as Headers;
    assertEquals(refusalHint(302, "", headers), `${hint}, ${target}`);
  }
});
