import { assertEquals, assertThrows } from "@std/assert";
import { type Lane, laneName, lanesOf } from "../bench/lanes.ts";
import { test } from "../harness.ts";

const names = (lanes: readonly Lane[]): string[] => lanes.map(laneName);

test("the bench's lanes of a runtime are without programs", () => {
  assertEquals(names(lanesOf(["node24"], [])), [
    "podwire, node24",
    "bare, node24",
    "client-node, node24",
    "kubectl",
  ]);
  assertEquals(names(lanesOf([], ["client-go", "kubex"])), [
    "client-go",
    "kubex",
  ]);
});

test("the bench refuses what it does not have", () => {
  assertThrows(() => lanesOf(["node18"], []), Error, '"node18"');
  assertThrows(() => lanesOf([], ["helm"]), Error, '"helm"');
  assertThrows(() => lanesOf(["deno"], ["kubex"]), Error, "kubex on deno");
});
