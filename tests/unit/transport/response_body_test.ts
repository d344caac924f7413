import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { concatBytes, decodeText, encodeText } from "../../../src/bytes.ts";
import { ConnectionLostError } from "../../../src/errors.ts";
import type { BodyFraming } from "../../../src/http/body.ts";
import { HeadReader } from "../../../src/transport/head_reader.ts";
import { ResponseBody } from "../../../src/transport/response_body.ts";
import { test } from "../../harness.ts";
import { FakeDuplex } from "../../support/fake_duplex.ts";
import { macrotask, rejection } from "../../support/async.ts";

/** A response whose head and `rest` have come. */
function answered(framing: BodyFraming, rest = "") {
  const duplex = new FakeDuplex();
  const reader = new HeadReader(duplex, {
    hostname: "server",
    port: 1,
    tls: null,
  });
  duplex.receiver.data(encodeText(`HTTP/1.1 200 OK\r\n\r\n${rest}`));
  const controller = new AbortController();
  const { signal } = controller;
  const { stream } = new ResponseBody(duplex, reader, framing, signal);
  return { duplex, controller, body: stream.getReader() };
}

test("a body that came with its head is there, and the socket is let go", async () => {
  const { duplex, body } = answered({ kind: "length", length: 5 }, "hello");
  assertEquals(duplex.ending, "destroyed");
  assertEquals(decodeText((await body.read()).value!), "hello");
  assertEquals((await body.read()).done, true);
});

test("small parts of a body come joined, in a buffer of their size", async () => {
  const { duplex, body } = answered({ kind: "chunked" });
  const read = body.read();
  await macrotask();
  const text = Array.from({ length: 2_000 }, (_, at) => `${at % 10}`);
  const large = "x".repeat(5_000);
  const chunks = [...text, large, "y", "z"]
    .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
  duplex.receiver.data(encodeText(`${chunks.join("")}0\r\n\r\n`));
  const parts = [(await read).value!];
  for (;;) {
    const { done, value } = await body.read();
    if (done) break;
    parts.push(value);
  }
  assertEquals(decodeText(concatBytes(parts)), `${text.join("")}${large}yz`);
  assert(parts.length <= 3, `${parts.length} parts`);
  for (const { byteLength, buffer } of parts) {
    assert(buffer.byteLength <= 4 * byteLength);
  }
});

test("the socket is read only while a pull is pending", async () => {
  const { duplex, body } = answered({ kind: "until-close" });
  await macrotask();
  assertEquals(duplex.paused, true);
  const first = body.read();
  await macrotask();
  assertEquals(duplex.paused, false);
  duplex.receiver.data(encodeText("one"));
  duplex.receiver.data(encodeText("two"));
  assertEquals(duplex.paused, true);
  assertEquals(decodeText((await first).value!), "one");
  assertEquals(decodeText((await body.read()).value!), "two");
});

test("what came is read before the error that followed it", async () => {
  const { duplex, body } = answered({ kind: "length", length: 100 }, "some");
  const cause = new Error("reset");
  duplex.receiver.ended(cause);
  assertEquals(decodeText((await body.read()).value!), "some");
  const error = await rejection(body.read(), ConnectionLostError);
  assertStrictEquals(error.cause, cause);
});

test("an end before the declared length is a lost connection", async () => {
  const { duplex, body } = answered({ kind: "length", length: 100 });
  const read = rejection(body.read(), ConnectionLostError);
  duplex.receiver.ended();
  assert((await read).reason.includes("ended before it was complete"));
});

test("a body without a declared end ends with the connection", async () => {
  const { duplex, body } = answered({ kind: "until-close" }, "all");
  duplex.receiver.ended();
  assertEquals(decodeText((await body.read()).value!), "all");
  assertEquals((await body.read()).done, true);
});

test("a cancel drops the socket", async () => {
  const { duplex, body } = answered({ kind: "until-close" }, "all");
  await body.cancel();
  assertEquals(duplex.ending, "destroyed");
});

test("an abort drops the socket and what was not read", async () => {
  const { duplex, body, controller } = answered({ kind: "until-close" }, "all");
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(duplex.ending, "destroyed");
  assertStrictEquals(await rejection(body.read()), reason);
});
