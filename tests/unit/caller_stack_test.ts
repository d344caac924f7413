import { assert, assertEquals } from "@std/assert";
import { rememberCaller } from "../../src/caller_stack.ts";
import { PodwireError } from "../../src/errors.ts";
import { test } from "../harness.ts";

test("caller stack: an error of the package shows the caller's frames, once each", async () => {
  const withCaller = theCallersFunction();
  await Promise.resolve();
  const error = new PodwireError("no");
  assertEquals(withCaller(error), error);
  const { stack } = error;
  assert(
    stack!.startsWith("PodwireError: no") || stack!.startsWith("Error: no"),
  );
  assert(framesHere(error) > 1, stack);
  withCaller(error);
  assertEquals(error.stack, stack);
});

test("caller stack: an error that ends many calls shows two callers", () => {
  const error = new PodwireError("no");
  const length = () => error.stack!.split("\n").length;
  theCallersFunction()(error);
  rememberCaller()(error);
  const two = length();
  const third = () => rememberCaller()(error);
  third();
  assertEquals(length(), two);
});

test("caller stack: abort reasons and other errors stay as they are", () => {
  const reason = new Error("mine");
  const { stack } = reason;
  const withCaller = theCallersFunction();
  assertEquals([withCaller(reason).stack, withCaller("enough")], [
    stack,
    "enough",
  ]);
});

function theCallersFunction() {
  return rememberCaller();
}

/** The number of frames in this file; Bun's tail calls drop functions' names. */
function framesHere({ stack }: Error): number {
  return stack!.split("caller_stack_test").length - 1;
}
