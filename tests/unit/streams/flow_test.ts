import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { type Bytes, concatBytes, decodeText } from "../../../src/bytes.ts";
import { BufferOverflowError } from "../../../src/errors.ts";
import { FlowControl } from "../../../src/streams/flow_control.ts";
import { OutputChannel } from "../../../src/streams/output_channel.ts";
import { test } from "../../harness.ts";
import { filled, pattern } from "../../support/bytes.ts";
import { eventually, macrotask, stateOf } from "../../support/async.ts";

const MARK = 1000;

/** Two channels over a source that only counts. */
function setUp() {
  const source = { paused: false, pauses: 0, pause() {}, resume() {} };
  source.pause = () => {
    source.paused = true;
    source.pauses++;
  };
  source.resume = () => source.paused = false;
  const flow = new FlowControl(source);
  const changed = () => flow.update();
  const stdout = new OutputChannel("stdout", MARK, changed);
  const stderr = new OutputChannel("stderr", MARK, changed);
  flow.watch([stdout, stderr]);
  return { source, flow, stdout, stderr };
}

async function readAll(stream: ReadableStream<Bytes>): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of stream) parts.push(part);
  return concatBytes(parts);
}

test("flow: nothing pauses below the mark, to the byte", () => {
  const { source, stdout } = setUp();
  stdout.data(filled(MARK - 1));
  assertEquals(source.paused, false);
  stdout.data(filled(1));
  assertEquals(source.paused, true);
});

test("flow: a full claimed channel pauses, and a read resumes", async () => {
  const { source, stdout } = setUp();
  const reader = stdout.readable.getReader();
  const first = reader.read();
  stdout.data(filled(10, 1));
  assertEquals((await first).value, filled(10, 1));
  stdout.data(filled(MARK));
  assertEquals(source.paused, true);
  await reader.read();
  assertEquals(source.paused, false);
});

test("flow: touching a property claims nothing", async () => {
  const { source, stdout, flow } = setUp();
  const { readable } = stdout;
  const reader = readable.getReader();
  reader.releaseLock();
  stdout.data(filled(MARK));
  assertEquals([stdout.claimed, source.paused], [false, true]);
  await macrotask();
  assertEquals([stdout.claimed, source.paused], [false, true]);
  flow.stop();
});

test("flow: a full unclaimed channel pauses while nothing is awaited", async () => {
  const { source, stderr, flow } = setUp();
  stderr.data(filled(MARK + 10));
  await macrotask();
  assertEquals(source.paused, true);
  flow.stop();
});

test("flow: a sibling's pending read lets unclaimed excess be discarded, and counted", async () => {
  const { source, stdout, stderr, flow } = setUp();
  const reader = stdout.readable.getReader();
  const pending = reader.read();
  stderr.data(filled(MARK - 1, 1));
  stderr.data(filled(11, 2));
  assertEquals(source.paused, true, "not before a macrotask");
  await eventually(() => !source.paused);
  stderr.data(filled(100, 3));
  stdout.data(filled(1, 7));
  assertEquals((await pending).value, filled(1, 7));
  assertEquals(source.paused, true, "no read is pending any more");
  const kept = stderr.readable.getReader();
  const parts: Bytes[] = [];
  let error: BufferOverflowError | undefined;
  try {
    for (;;) parts.push((await kept.read()).value as Bytes);
  } catch (caught) {
    error = caught as BufferOverflowError;
  }
  assertEquals(concatBytes(parts), concatBytes([filled(999, 1), filled(1, 2)]));
  assertInstanceOf(error, BufferOverflowError);
  assertEquals(
    [error?.channel, error?.limit, error?.discarded],
    ["stderr", MARK, 110],
  );
  flow.stop();
});

test("flow: a read whose reader released its lock is not a demand", async () => {
  const { stdout, stderr, flow } = setUp();
  const reader = stdout.readable.getReader();
  reader.read().catch(() => {});
  await macrotask();
  stderr.data(filled(MARK));
  await macrotask();
  reader.releaseLock();
  stderr.data(filled(100));
  stderr.end();
  assertEquals((await readAll(stderr.readable)).byteLength, MARK + 100);
  flow.stop();
});

test("flow: a wait for the status lets unclaimed excess be discarded", async () => {
  const { source, stdout, flow } = setUp();
  stdout.data(filled(MARK));
  assertEquals(source.paused, true);
  flow.awaitStatus();
  assertEquals(source.paused, true, "not before a macrotask");
  await macrotask();
  assertEquals(source.paused, false);
  stdout.data(filled(5));
  await assertRejects(() => readAll(stdout.readable), BufferOverflowError);
  flow.stop();
});

test("flow: nothing below the mark is ever discarded", async () => {
  const { stdout, stderr, flow } = setUp();
  flow.awaitStatus();
  await macrotask();
  stdout.data(filled(MARK));
  stderr.data(filled(MARK - 1));
  stdout.end();
  stderr.end();
  assertEquals((await readAll(stdout.readable)).byteLength, MARK);
  assertEquals((await readAll(stderr.readable)).byteLength, MARK - 1);
  flow.stop();
});

test("flow: a claimed channel pauses even while the status is awaited: it is never dropped", async () => {
  const { source, stdout, flow } = setUp();
  const reader = stdout.readable.getReader();
  const first = reader.read();
  stdout.data(filled(1));
  await first;
  flow.awaitStatus();
  stdout.data(filled(MARK));
  await macrotask();
  assertEquals(source.paused, true);
  stdout.end();
  reader.releaseLock();
  assertEquals((await readAll(stdout.readable)).byteLength, MARK);
  flow.stop();
});

test("flow: a read in the same turn as the status wait loses nothing", async () => {
  const { source, stdout, flow } = setUp();
  stdout.data(filled(MARK));
  flow.awaitStatus();
  const text = new Response(stdout.readable).text();
  await Promise.resolve();
  for (let i = 0; i < 5 && source.paused; i++) await macrotask();
  stdout.data(filled(MARK));
  await macrotask();
  stdout.data(filled(10));
  stdout.end();
  assertEquals((await text).length, 2 * MARK + 10);
  flow.stop();
});

test("flow: a cancelled channel blocks nothing", async () => {
  const { source, stdout, flow } = setUp();
  stdout.data(filled(MARK));
  assertEquals(source.paused, true);
  await stdout.readable.cancel();
  assertEquals(source.paused, false);
  stdout.data(filled(10 * MARK));
  assertEquals(source.paused, false);
  flow.stop();
});

test("flow: for await with break cancels; preventCancel reads on", async () => {
  const first = setUp();
  first.stdout.data(filled(10));
  for await (const _ of first.stdout.readable) break;
  first.stdout.data(filled(5 * MARK));
  assertEquals(first.source.paused, false);

  const second = setUp();
  second.stdout.data(filled(4096, 1));
  second.stdout.data(filled(4096, 2));
  second.stdout.end();
  for await (
    const part of second.stdout.readable.values({ preventCancel: true })
  ) {
    assertEquals(part[0], 1);
    break;
  }
  assertEquals(await readAll(second.stdout.readable), filled(4096, 2));
});

test("channel: bytes before endings: an error comes behind what is queued", async () => {
  const { stdout } = setUp();
  stdout.data(filled(10, 1));
  stdout.fail(new Error("lost"), false);
  const reader = stdout.readable.getReader();
  assertEquals((await reader.read()).value, filled(10, 1));
  await assertRejects(() => reader.read(), Error, "lost");
});

test("channel: an ending behind queued chunks of several reads loses none", async () => {
  for (const failing of [false, true]) {
    const { stdout } = setUp();
    const reader = stdout.readable.getReader();
    const reads = [reader.read(), reader.read(), reader.read(), reader.read()];
    reads[3]?.catch(() => {});
    for (const value of [1, 2, 3]) stdout.data(filled(5000, value));
    if (failing) stdout.fail(new Error("lost"), false);
    else stdout.end();
    const got = await Promise.all(reads.slice(0, 3));
    assertEquals(got.map((r) => r.value?.[0]), [1, 2, 3]);
    if (failing) {
      await assertRejects(() => reads[3] as Promise<unknown>, Error, "lost");
    } else assertEquals((await reads[3])?.done, true);
  }
});

test("channel: dropping what is queued rejects the next read at once", async () => {
  const { stdout } = setUp();
  stdout.data(filled(10));
  stdout.fail(new Error("aborted"), true);
  await assertRejects(() => readAll(stdout.readable), Error, "aborted");
});

test("channel: a reader that comes after the end gets everything", async () => {
  const { stdout } = setUp();
  const sent = pattern(MARK - 1);
  stdout.data(sent);
  stdout.end();
  assertEquals(await readAll(stdout.readable), sent);
});

test("channel: a chunk given to a waiting reader does not pin its slab", async () => {
  const { stdout } = setUp();
  const reader = stdout.readable.getReader();
  const read = reader.read();
  await macrotask();
  stdout.data(pattern(65_536).subarray(10, 20));
  const { value } = await read;
  assertEquals(value?.buffer.byteLength, 10);
});

test("channel: a pending read settles when the channel ends", async () => {
  const { stdout } = setUp();
  const read = stdout.readable.getReader().read();
  assertEquals(await stateOf(read), "pending");
  stdout.end();
  assertEquals((await read).done, true);
});

test("channel: tee reads both branches whole", async () => {
  const { stdout } = setUp();
  const [left, right] = stdout.readable.tee();
  const both = Promise.all([readAll(left), readAll(right)]);
  const sent = pattern(5_000);
  for (let at = 0; at < 5_000; at += 100) stdout.data(sent.slice(at, at + 100));
  stdout.end();
  assertEquals(await both, [sent, sent]);
});

test("channel: TextDecoderStream takes the bytes, a split character too", async () => {
  const { stdout } = setUp();
  const bytes = new TextEncoder().encode("añ€😀");
  const text = readText(stdout.readable);
  for (const byte of bytes) stdout.data(new Uint8Array([byte]));
  stdout.end();
  assertEquals(await text, "añ€😀");
  assert(decodeText(bytes) === "añ€😀");
});

async function readText(stream: ReadableStream<Bytes>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
  }
  return text;
}
