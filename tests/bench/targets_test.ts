import { assertEquals, assertThrows } from "@std/assert";
import { type BenchTarget, targetName, targetsOf } from "./targets.ts";
import { test } from "../harness.ts";

const names = (targets: readonly BenchTarget[]): string[] =>
  targets.map(targetName);

test("the targets of a runtime exclude programs", () => {
  assertEquals(names(targetsOf(["node24"], [])), [
    "podwire, node24",
    "podwire BYOB, node24",
    "podwire no keep-alive, node24",
    "podwire listen, node24",
    "podwire connect, node24",
    "podwire copy, node24",
    "bare, node24",
    "client-node, node24",
    "client-node keep-alive, node24",
    "client-node Cp, node24",
    "kubectl",
  ]);
  assertEquals(names(targetsOf([], ["client-go", "kubex"])), [
    "client-go",
    "kubex",
  ]);
});

test("the bench refuses unknown targets", () => {
  assertThrows(() => targetsOf(["node18"], []), Error, '"node18"');
  assertThrows(() => targetsOf([], ["helm"]), Error, '"helm"');
  assertThrows(() => targetsOf(["deno"], ["kubex"]), Error, "kubex on deno");
});
