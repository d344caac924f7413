import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type Bytes, concatBytes, encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { HeadReader } from "../../../src/transport/head_reader.ts";
import { SocketConnection } from "../../../src/transport/socket_connection.ts";
import { encodeClosePayload } from "../../../src/websocket/close_frame.ts";
import { FrameReader } from "../../../src/websocket/frame_reader.ts";
import {
  encodeControl,
  encodeMessage,
} from "../../../src/websocket/frame_writer.ts";
import { type FrameEvent, OPCODE } from "../../../src/websocket/frame.ts";
import { Recorder } from "../../conformance/transport/recorder.ts";
import { test } from "../../harness.ts";
import { pattern } from "../../support/bytes.ts";
import { FakeDuplex } from "../../support/fake_duplex.ts";
import { macrotask } from "../../support/async.ts";

const message = (...bytes: number[]): Bytes =>
  encodeMessage([Uint8Array.from(bytes)], "server");

const closeFrame = (code?: number, reason?: string): Bytes =>
  encodeControl(OPCODE.close, encodeClosePayload(code, reason), "server");

const ping = (...bytes: number[]): Bytes =>
  encodeControl(OPCODE.ping, Uint8Array.from(bytes), "server");

/** A connection that was just upgraded; `rest` came with the answer. */
function upgraded(rest: Bytes = new Uint8Array()) {
  const duplex = new FakeDuplex();
  const reader = new HeadReader(duplex, {
    hostname: "server",
    port: 1,
    tls: null,
  });
  const head = encodeText("HTTP/1.1 101 Switching Protocols\r\n\r\n");
  duplex.receiver.data(concatBytes([head, rest]));
  const connection = new SocketConnection(duplex, reader, "v5");
  return { duplex, connection };
}

/** What was sent to the server, frame by frame. */
function sent(duplex: FakeDuplex): FrameEvent[] {
  const frames = new FrameReader("server");
  frames.feed(duplex.output.slice());
  const events: FrameEvent[] = [];
  for (let event; (event = frames.next()) !== null;) events.push({ ...event });
  return events;
}

test("frames that came with the answer wait for the receiver", async () => {
  const { connection } = upgraded(concatBytes([message(1), message(2)]));
  await macrotask();
  const recorder = Recorder.of(connection);
  assertEquals(recorder.received, 0);
  await macrotask();
  assertEquals(recorder.bytes, Uint8Array.of(1, 2));
});

test("a pause takes effect in the middle of a chunk", async () => {
  const { duplex, connection } = upgraded();
  const recorder = Recorder.of(connection);
  await macrotask();
  recorder.onData = () => connection.pause();
  duplex.receiver.data(concatBytes([message(1), message(2), message(3)]));
  assertEquals(recorder.bytes, Uint8Array.of(1));
  assert(duplex.paused);
  connection.resume();
  assertEquals(recorder.bytes, Uint8Array.of(1), "from inside resume");
  await macrotask();
  assertEquals(recorder.bytes, Uint8Array.of(1, 2));
  recorder.onData = null;
  connection.resume();
  await macrotask();
  assertEquals(recorder.bytes, Uint8Array.of(1, 2, 3));
  assert(!duplex.paused);
});

test("an ending waits for the data before it, however long the pause", async () => {
  const { duplex, connection } = upgraded();
  const recorder = Recorder.of(connection);
  await macrotask();
  connection.pause();
  duplex.receiver.data(concatBytes([message(1), message(2)]));
  duplex.receiver.ended(new Error("reset"));
  await macrotask();
  assertEquals([recorder.received, recorder.closeInfos.length], [0, 0]);
  connection.resume();
  await macrotask();
  assertEquals(recorder.bytes, Uint8Array.of(1, 2));
  assertEquals(recorder.closeInfos[0]?.code, 1006);
  assertEquals(recorder.closeInfos[0]?.error?.message, "reset");
});

test("what follows a Close frame is not delivered", async () => {
  const { duplex, connection } = upgraded();
  const recorder = Recorder.of(connection);
  await macrotask();
  duplex.receiver.data(concatBytes([closeFrame(1000, "done"), message(1)]));
  duplex.receiver.ended();
  assertEquals(recorder.received, 0);
  assertEquals(recorder.closeInfos, [{ code: 1000, reason: "done" }]);
});

test("the server's Close frame is answered with its code", async () => {
  for (const code of [1000, 1011, undefined]) {
    const { duplex, connection } = upgraded();
    Recorder.of(connection);
    await macrotask();
    duplex.receiver.data(closeFrame(code));
    assertEquals(sent(duplex), [
      { type: "close", code: code ?? 1005, reason: "" },
    ]);
    assertEquals(duplex.ending, "ended");
  }
});

test("a ping is answered with its payload", async () => {
  const { duplex, connection } = upgraded();
  Recorder.of(connection);
  await macrotask();
  duplex.receiver.data(ping(1, 2, 3));
  assertEquals(sent(duplex), [
    { type: "pong", payload: Uint8Array.of(1, 2, 3) },
  ]);
});

test("a flood of pings does not pile up pongs", async () => {
  const { duplex, connection } = upgraded();
  Recorder.of(connection);
  await macrotask();
  duplex.hasRoom = false;
  for (let byte = 1; byte <= 100; byte++) duplex.receiver.data(ping(byte));
  duplex.hasRoom = true;
  duplex.receiver.drained();
  assertEquals(sent(duplex), [
    { type: "pong", payload: Uint8Array.of(1) },
    { type: "pong", payload: Uint8Array.of(100) },
  ]);
});

test("broken framing is reported to the receiver and the server", async () => {
  const { duplex, connection } = upgraded();
  const recorder = Recorder.of(connection);
  await macrotask();
  duplex.receiver.data(concatBytes([message(1), Uint8Array.of(0xff, 0xff)]));
  assertEquals(recorder.bytes, Uint8Array.of(1));
  const [closeInfo] = recorder.closeInfos;
  assertInstanceOf(closeInfo?.error, ProtocolError);
  assertEquals(closeInfo?.code, 1006);
  assertEquals(sent(duplex), [{ type: "close", code: 1002, reason: "" }]);
  assertEquals(duplex.ending, "ended");
});

test("the reason distinguishes an end inside a message from one between messages", async () => {
  for (const inside of [true, false]) {
    const { duplex, connection } = upgraded();
    const recorder = Recorder.of(connection);
    await macrotask();
    const frame = message(1, 2, 3);
    duplex.receiver.data(inside ? frame.slice(0, 3) : frame);
    duplex.receiver.ended();
    const { code, reason } = await recorder.closeInfo;
    assertEquals(code, 1006);
    assertEquals(reason.includes("in the middle of a message"), inside, reason);
  }
});

test("a message that is still coming is handed on in parts", async () => {
  const { duplex, connection } = upgraded();
  const recorder = Recorder.of(connection);
  await macrotask();
  const payload = pattern(10_000);
  const frame = encodeMessage([payload], "server");
  duplex.receiver.data(frame.slice(0, 5_000));
  assert(recorder.received > 4_000);
  assertEquals(recorder.messages.length, 0);
  duplex.receiver.data(frame.slice(5_000));
  assertEquals(recorder.messages, [payload]);
});

test("nothing is delivered after our close, not even the ending", async () => {
  const { duplex, connection } = upgraded();
  const recorder = Recorder.of(connection);
  await macrotask();
  connection.close(1000, "bye");
  duplex.receiver.data(concatBytes([message(1), closeFrame(1000)]));
  duplex.receiver.ended();
  assertEquals([recorder.received, recorder.closeInfos.length], [0, 0]);
  assertEquals(sent(duplex), [{ type: "close", code: 1000, reason: "bye" }]);
  await connection.released;
});

test("a full socket is passed on, and its draining", async () => {
  const { duplex, connection } = upgraded();
  const recorder = Recorder.of(connection);
  await macrotask();
  assertEquals(connection.send([Uint8Array.of(1)]), true);
  duplex.hasRoom = false;
  assertEquals(connection.send([Uint8Array.of(2)]), false);
  duplex.receiver.drained();
  assertEquals(recorder.drains, 1);
});
