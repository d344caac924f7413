import { assert, assertEquals } from "@std/assert";
import { CallSite, setMessage } from "../../src/call_site.ts";
import { PodwireError } from "../../src/errors.ts";
import { test } from "../harness.ts";
import { macrotask, rejection } from "../support/async.ts";

/** An API whose errors arise in an event, without a frame of the caller. */
function call(): Promise<never> {
  return new CallSite(call).trace(async () => {
    await macrotask();
    throw await failure();
  });
}

function failure(): Promise<Error> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(new PodwireError("Cannot call: no")), 0);
  });
}

/** The caller, whose name is in its frame. */
async function theCaller(): Promise<Error> {
  return await rejection(call(), PodwireError);
}

test("CallSite: the stack of an error that arose in an event has the caller's frame", async () => {
  const { stack = "" } = await theCaller();
  assert(stack.includes("theCaller"), stack);
  assert(stack.includes("call_site_test"), stack);
  assert(!stack.includes("at call ("), stack);
  assert(stack.indexOf("Cannot call: no") < stack.indexOf("theCaller"), stack);
});

test("CallSite: frames are added once, and to no error of the caller", () => {
  const site = new CallSite(() => {});
  const here = new CallSite(notCalled);
  for (const it of [site, here]) {
    const error = new PodwireError("Cannot call: no");
    it.addTo(error);
    const { stack } = error;
    it.addTo(error);
    assertEquals(error.stack, stack);
  }
  const own = new Error("enough");
  const { stack } = own;
  site.addTo(own);
  assertEquals(own.stack, stack);
  site.addTo("a string");
});

function notCalled(): void {}

test("setMessage: the message changes in the stack too", () => {
  const error = new PodwireError("Cannot upgrade: $& no");
  setMessage(error, "Cannot exec: $& cannot upgrade: no");
  assertEquals(error.message, "Cannot exec: $& cannot upgrade: no");
  assert(error.stack?.includes("Cannot exec: $& cannot upgrade: no"));
  assert(!error.stack?.includes("Cannot upgrade"), error.stack);
});
