import { assertEquals, assertStrictEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import {
  openOutput,
  type OutputStreams,
  writeFailure,
} from "../../../../src/platform/terminal/output.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";

const coded = (code: string) => Object.assign(new Error(code), { code });

test("output: the reader is gone, by the code of Windows too", () => {
  const cause = coded("EOF");
  const error = writeFailure(cause) as Error & { code: string };
  assertEquals([error.code, error.cause], ["EPIPE", cause]);
  for (const other of [coded("EPIPE"), coded("EIO"), "text", null]) {
    assertStrictEquals(writeFailure(other), other);
  }
});

test("output: a write that fails so rejects with EPIPE", async () => {
  const write = (_bytes: Uint8Array, done?: (error: Error) => void) =>
    done ? done(coded("EOF")) : Promise.reject(coded("EOF"));
  const node = Object.assign(new EventEmitter(), { write });
  const streams = { deno: { write }, node: () => node };
  const output = openOutput("stderr", streams as unknown as OutputStreams);
  const writing = output.write(new Uint8Array(1));
  assertEquals((await rejection<{ code: string }>(writing)).code, "EPIPE");
  output.close();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(node.eventNames(), []);
});
