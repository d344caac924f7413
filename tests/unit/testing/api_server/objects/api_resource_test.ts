import { assert, assertEquals } from "@std/assert";
import * as resources from "../../../../../src/client/resources.ts";
import { BUILT_IN_RESOURCES } from "../../../../../src/testing/api_server/objects/api_resource.ts";
import { test } from "../../../../harness.ts";

test("the API server serves every resource that the package exports", () => {
  const named = Object.values<unknown>(resources).filter((value) =>
    typeof value === "object" && value !== null && "plural" in value
  );
  assert(named.length > 20);
  assertEquals(new Set<unknown>(BUILT_IN_RESOURCES), new Set(named));
});
