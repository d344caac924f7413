import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import process from "node:process";
import { constants, createGzip, gzipSync } from "node:zlib";
import { type Bytes, concatBytes, decodeText } from "../../../src/bytes.ts";
import { ConnectionLostError, ProtocolError } from "../../../src/errors.ts";
import { canGunzip, gunzipBody } from "../../../src/transport/gunzip_body.ts";
import { bodyLost } from "../../../src/transport/read_body.ts";
import { runtime, test as register } from "../../harness.ts";
import { macrotask, rejection } from "../../support/async.ts";
import { pattern, textOf } from "../../support/bytes.ts";

/** Bun and Node 22 decode what the standard refuses. */
const decodesMembers = runtime === "bun" ||
  runtime === "node" && process.versions.node.startsWith("22.");

/** Bun 1.3.0 has no decoder: `canGunzip` says so. */
const test: typeof register = canGunzip() ? register : () => {};

const TEXT = "a line of the log\n".repeat(1_000);

function gzip(content: string | Uint8Array): Bytes {
  return new Uint8Array(gzipSync(content));
}

/** A body that records what was asked of it. */
function bodyOf(parts: readonly Bytes[], failure?: Error) {
  const left = [...parts];
  const log: string[] = [];
  const body = new ReadableStream<Bytes>({
    pull(controller) {
      log.push("pull");
      const part = left.shift();
      if (part !== undefined) controller.enqueue(part);
      else if (failure) controller.error(failure);
      else controller.close();
    },
    cancel(reason) {
      log.push(`cancel ${reason}`);
    },
  }, { highWaterMark: 0 });
  return { body, log };
}

/** What is read before the body fails, and the failure. */
async function untilFailure(body: ReadableStream<Bytes>) {
  const parts: Bytes[] = [];
  const reader = body.getReader();
  const error = await rejection((async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parts.push(value);
    }
  })());
  return { text: decodeText(concatBytes(parts)), error };
}

function slices(bytes: Bytes, length: number): Bytes[] {
  const parts: Bytes[] = [];
  for (let at = 0; at < bytes.byteLength; at += length) {
    parts.push(bytes.slice(at, at + length));
  }
  return parts;
}

test("gzip: a body is decoded, however it is cut", async () => {
  const coded = gzip(TEXT);
  for (const length of [1, 2, 7, 100, 1_000_000]) {
    const { body } = bodyOf(slices(coded, length));
    assertEquals(await textOf(gunzipBody(body)), TEXT);
  }
  const large = pattern(3_000_000);
  const { body } = bodyOf(slices(gzip(large), 100_000));
  const decoded = await new Response(gunzipBody(body)).arrayBuffer();
  assertEquals(new Uint8Array(decoded), large);
});

test("gzip: a body of no bytes is empty", async () => {
  assertEquals(await textOf(gunzipBody(bodyOf([]).body)), "");
  assertEquals(await textOf(gunzipBody(bodyOf([gzip("")]).body)), "");
});

test("gzip: a body that ends within the coding fails, wherever that is", async () => {
  const coded = gzip("short");
  for (let length = 1; length < coded.byteLength; length++) {
    const { body } = bodyOf([coded.slice(0, length)]);
    const { error } = await untilFailure(gunzipBody(body));
    assert(error instanceof ProtocolError, `${length}: ${error}`);
  }
});

test("gzip: a damaged body fails, and its connection is given up", async () => {
  const coded = gzip(pattern(1_000_000));
  for (const at of [0, 2, 100, 100_000, coded.byteLength - 6]) {
    const damaged = coded.slice();
    damaged[at]! ^= 0xff;
    const { body } = bodyOf(slices(damaged, 50_000));
    const { error } = await untilFailure(gunzipBody(body));
    assert(error instanceof ProtocolError, `${at}: ${error}`);
  }
  const endless = new ReadableStream<Bytes>({
    pull: (controller) => controller.enqueue(pattern(50_000)),
    cancel: () => cancelled.resolve(),
  }, { highWaterMark: 0 });
  const cancelled = Promise.withResolvers<void>();
  await untilFailure(gunzipBody(endless));
  await cancelled.promise;
});

test("gzip: bytes after the end fail, with the end or later", async () => {
  const coded = gzip(TEXT);
  const rubbish = new TextEncoder().encode("rubbish");
  const bodies = [
    [concatBytes([coded, rubbish])],
    [coded, rubbish],
    [concatBytes([coded, new Uint8Array(20)])],
  ];
  for (const parts of bodies) {
    const { error } = await untilFailure(gunzipBody(bodyOf(parts).body));
    assert(error instanceof ProtocolError);
  }
});

test("gzip: a second member is decoded or refused, never lost", async () => {
  const coded = gzip(TEXT);
  for (const parts of [[concatBytes([coded, coded])], [coded, coded]]) {
    const decoded = textOf(gunzipBody(bodyOf(parts).body));
    if (decodesMembers) assertEquals(await decoded, TEXT + TEXT);
    else await rejection(decoded, ProtocolError);
  }
});

test("gzip: what arrived of a broken body is read before its error", async () => {
  const coded = gzip(TEXT);
  const lost = bodyLost(new Error("reset"));
  const { body } = bodyOf([coded.slice(0, -9)], lost);
  const { text, error } = await untilFailure(gunzipBody(body));
  assertStrictEquals(error, lost);
  assert(error instanceof ConnectionLostError);
  assert(TEXT.startsWith(text));
  assert(text.length > TEXT.length / 2, `${text.length} characters`);
});

test("gzip: what the server flushed comes at once", async () => {
  const encoder = createGzip({ level: 1 });
  let send!: (part: Bytes) => void;
  const body = new ReadableStream<Bytes>({
    start: (controller) => {
      send = (part) => controller.enqueue(part);
    },
  });
  encoder.on("data", (chunk) => send(new Uint8Array(chunk)));
  const flush = () =>
    new Promise<void>((resolve) => {
      encoder.flush(constants.Z_SYNC_FLUSH, resolve);
    });
  const reader = gunzipBody(body).getReader();
  for (const line of ["first\n", "second\n", "third\n"]) {
    encoder.write(line);
    await flush();
    let text = "";
    while (text !== line) text += decodeText((await reader.read()).value!);
  }
  encoder.destroy();
  await reader.cancel();
});

test("gzip: it is read only as far as its reader asks", async () => {
  const coded = gzip(pattern(20_000_000));
  const { body, log } = bodyOf(slices(coded, 16 * 1024));
  const reader = gunzipBody(body).getReader();
  await macrotask();
  assertEquals(log, []);
  await reader.read();
  for (let i = 0; i < 10; i++) await macrotask();
  assert(log.length <= 20, `${log.length} pulls`);
  await reader.cancel("enough");
  assertEquals(log.at(-1), "cancel enough");
});

test("gzip: a bomb is decoded in steps", async () => {
  const bomb = gzip(new Uint8Array(256 * 2 ** 20));
  const { body, log } = bodyOf(slices(bomb, 16 * 1024));
  const reader = gunzipBody(body).getReader();
  let received = 0;
  while (received < 2 ** 20) {
    received += (await reader.read()).value!.byteLength;
  }
  for (let i = 0; i < 10; i++) await macrotask();
  assert(received < 20 * 2 ** 20, `${received} bytes`);
  assert(log.length <= 20, `${log.length} pulls`);
  await reader.cancel();
});
