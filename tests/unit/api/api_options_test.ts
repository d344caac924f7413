// An entry of a package may be another copy than the one that an `Api` is of.
import { assertEquals, assertThrows } from "@std/assert";
import { contextOf } from "../../../src/api/api_options.ts";
import type { CallContext } from "../../../src/api/call.ts";
import type * as own from "../../../src/api/api_options.ts";
import { test } from "../../harness.ts";

// Bun ignores the query of an absolute URL.
const COPY = "../../../src/api/api_options.ts?copy";
const other: typeof own = await import(COPY);

test("contextOf: the Api of another copy has its context", () => {
  const api = {};
  const context = { namespace: "team" } as CallContext;
  other.keepContext(api, context);
  assertEquals(other.contextOf === contextOf, false);
  assertEquals(contextOf(api, "copy"), context);
  assertThrows(() => contextOf({}, "copy"), TypeError, "Cannot copy: ");
});
