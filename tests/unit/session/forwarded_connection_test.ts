// One forwarded connection, for which the test plays the server.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import { concatBytes, decodeText, encodeText } from "../../../src/bytes.ts";
import {
  PORT_FORWARD_TUNNEL,
  type PortForwardProtocol,
  V4,
} from "../../../src/channel/subprotocols.ts";
import {
  ConnectionLostError,
  HalfCloseUnsupportedError,
  PortForwardError,
  ProtocolError,
  SessionEndedError,
} from "../../../src/errors.ts";
import { ForwardedConnection } from "../../../src/session/forwarded_connection.ts";
import type { KeepAliveSettings } from "../../../src/session/keep_alive.ts";
import { HeaderBlockWriter } from "../../../src/spdy/header_block.ts";
import { test } from "../../harness.ts";
import {
  eventually,
  macrotask,
  rejection,
  stateOf,
} from "../../support/async.ts";
import { filled, textOf } from "../../support/bytes.ts";
import { FakeConnection } from "../../support/fake_connection.ts";
import { rawControl, rawData, readAll } from "../spdy/spdy_frames.ts";
import { KEEP_ALIVE } from "./open_session.ts";

const PORT = 8080;
const NONE = new Uint8Array(0);

interface OpenOptions {
  readonly keepAlive?: Partial<KeepAliveSettings>;
  readonly highWaterMark?: number;
  readonly hasRoom?: boolean;
}

/** A connection on `protocol`. */
function open(protocol: PortForwardProtocol, options: OpenOptions = {}) {
  const { keepAlive, highWaterMark = 1000, hasRoom = true } = options;
  const connection = new FakeConnection(protocol);
  connection.hasRoom = hasRoom;
  const controller = new AbortController();
  const ends: unknown[] = [];
  const forwarded = new ForwardedConnection({
    connection,
    protocol,
    port: PORT,
    askedPort: "http",
    text: `port ${PORT} of pods "web-0"`,
    keepAlive: keepAlive === undefined
      ? false
      : { ...KEEP_ALIVE, ...keepAlive },
    highWaterMark,
    signal: controller.signal,
    onEnd: ({ failure }) => ends.push(failure?.reason ?? null),
    hideCredentials: (text) => text.replaceAll("s3cret", "***"),
  });
  const abort = (reason: unknown) => controller.abort(reason);
  return { connection, forwarded, abort, ends };
}

/** A tunnel whose streams are accepted, and what the server may send on it. */
function openTunnel(options?: OpenOptions) {
  const opened = open(PORT_FORWARD_TUNNEL, options);
  const send = (...frames: Uint8Array[]) =>
    opened.connection.part(concatBytes(frames), true);
  const replies = new HeaderBlockWriter();
  for (const stream of [1, 3]) {
    const body = [0, 0, 0, stream, ...replies.encode({})];
    send(rawControl({ type: 2, body }));
  }
  return {
    ...opened,
    send,
    data: (text: string, fin = false) =>
      send(rawData(3, encodeText(text), fin)),
    endError: () => send(rawData(1, NONE, true)),
    fail: (text: string) => send(rawData(1, encodeText(text))),
    reset: (stream = 3) =>
      send(rawControl({ type: 3, body: [0, 0, 0, stream, 0, 0, 0, 5] })),
    /** What was sent, without the streams' opening. */
    sent: () =>
      readAll("server", [concatBytes(opened.connection.sent)]).slice(3),
  };
}

/** A v4 connection whose port is announced. */
function openChannels(options?: OpenOptions) {
  const opened = open(V4, options);
  const port = Uint8Array.of(PORT & 255, PORT >> 8);
  for (const channel of [0, 1]) opened.connection.message(channel, port);
  return opened;
}

const CLOSED = { code: 1000, reason: "" };
const LOST = { code: 1006, reason: "the network went away" };

test("a tunnel opens an error stream, half-closed, and a data stream", () => {
  const { connection } = openTunnel();
  const [message] = connection.sent;
  const told = readAll("server", [message!]);
  assertEquals(
    told.map((event) =>
      "opened" in event ? `opened ${event.opened}` : JSON.stringify(event)
    ),
    ["opened 1", '{"finished":1}', "opened 3"],
  );
  const texts = told.flatMap((event) =>
    "headerBlock" in event ? [decodeText(event.headerBlock)] : []
  );
  for (const [at, type] of ["error", "data"].entries()) {
    for (const word of ["streamtype", type, "port", `${PORT}`, "requestid"]) {
      assertStringIncludes(texts[at]!, word);
    }
  }
});

test("a tunnel: bytes both ways, and each side ends on its own", async () => {
  const { forwarded, connection, data, endError, sent, ends } = openTunnel();
  assert(forwarded.halfClose);
  const writer = forwarded.writable.getWriter();
  await writer.write(encodeText("request"));
  await writer.close();
  assertEquals(sent(), [
    { stream: 3, data: encodeText("request") },
    { finished: 3 },
  ]);
  data("ans");
  data("wer", true);
  assertEquals(await stateOf(forwarded.closed), "pending");
  endError();
  assertEquals(await textOf(forwarded.readable), "answer");
  await forwarded.closed;
  assertEquals(ends, [null]);
  assertEquals(connection.ended, "closed");
});

test("a tunnel: the pod half-closes first, and still gets bytes", async () => {
  const { forwarded, data, endError, sent } = openTunnel();
  data("all", true);
  assertEquals(await textOf(forwarded.readable), "all");
  assertEquals(await stateOf(forwarded.closed), "pending");
  const writer = forwarded.writable.getWriter();
  await writer.write(encodeText("late"));
  await writer.close();
  assertEquals(sent(), [
    { stream: 3, data: encodeText("late") },
    { finished: 3 },
  ]);
  endError();
  await forwarded.closed;
});

test("a tunnel: both sides have ended, and the node says no more", async () => {
  const { forwarded, data, ends } = openTunnel();
  await forwarded.writable.close();
  data("all", true);
  assertEquals(ends, []);
  assertEquals(await textOf(forwarded.readable), "all");
  await forwarded.closed;
});

test("v4: bytes both ways, and the close is the end", async () => {
  const { forwarded, connection, ends } = openChannels();
  assert(!forwarded.halfClose);
  const writer = forwarded.writable.getWriter();
  await writer.write(encodeText("request"));
  assertEquals(connection.sent, [encodeText("\0request")]);
  connection.message(0, "ans");
  connection.message(0, "wer");
  connection.drop(CLOSED);
  assertEquals(await textOf(forwarded.readable), "answer");
  await forwarded.closed;
  await rejection(writer.write(encodeText("late")), SessionEndedError);
  assertEquals(ends, [null]);
});

test("v4: the port in front may be split, and data may follow it at once", async () => {
  const { forwarded, connection } = open(V4);
  connection.part(Uint8Array.of(0), false);
  connection.part(Uint8Array.of(PORT & 255), true);
  connection.part(Uint8Array.of(0, PORT >> 8, 65), false);
  connection.part(Uint8Array.of(66), true);
  connection.drop(CLOSED);
  assertEquals(await textOf(forwarded.readable), "AB");
});

test("v4: another port is a ProtocolError", async () => {
  const { forwarded, connection } = open(V4);
  connection.message(0, Uint8Array.of(80, 0));
  const error = await rejection(forwarded.closed, ProtocolError);
  assertStringIncludes(error.message, "the server forwards port 80");
  assertEquals(connection.ended, "closed");
});

test("v4: closing the writable side rejects, and reading goes on", async () => {
  const { forwarded, connection } = openChannels();
  const error = await rejection(
    forwarded.writable.close(),
    HalfCloseUnsupportedError,
  );
  assertEquals(error.protocol, V4);
  connection.message(0, "more");
  connection.drop(CLOSED);
  assertEquals(await textOf(forwarded.readable), "more");
  await forwarded.closed;
});

test("a refused port is PortForwardError with the node's words, on both protocols", async () => {
  const words = "dial tcp4 127.0.0.1:8080: connect: connection refused s3cret";
  const tunnel = openTunnel();
  // The runtime ends the data stream before the node says why.
  tunnel.send(rawData(3, NONE, true));
  await macrotask();
  tunnel.fail(words.slice(0, 10));
  tunnel.fail(words.slice(10));
  tunnel.reset(3);
  tunnel.reset(1);
  const channels = openChannels();
  channels.connection.message(1, words.slice(0, 10));
  channels.connection.message(1, words.slice(10));
  channels.connection.drop(CLOSED);
  for (const { forwarded } of [tunnel, channels]) {
    const error = await rejection(forwarded.closed, PortForwardError);
    assertEquals([error.reason, error.port], ["Unreachable", "http"]);
    assertEquals(
      error.message,
      `Cannot connect to port 8080 of pods "web-0": "${
        words.replace("s3cret", "***")
      }"`,
    );
    assertEquals(await rejection(textOf(forwarded.readable)), error);
    const writer = forwarded.writable.getWriter();
    assertEquals(await rejection(writer.write(NONE)), error);
  }
});

test("the node's words after data mean that the connection broke", async () => {
  const tunnel = openTunnel();
  tunnel.data("some");
  tunnel.fail("connection reset by peer");
  tunnel.endError();
  const channels = openChannels();
  channels.connection.message(0, "some");
  channels.connection.message(1, "connection reset by peer");
  for (const { forwarded } of [tunnel, channels]) {
    const reader = forwarded.readable.getReader();
    assertEquals(decodeText((await reader.read()).value!), "some");
    const error = await rejection(reader.read(), PortForwardError);
    assertEquals(error.reason, "Broken");
    assertStringIncludes(error.message, "connection reset by peer");
  }
});

test("a reset without words", async () => {
  const { forwarded, data, reset } = openTunnel();
  data("some");
  reset();
  const reader = forwarded.readable.getReader();
  assertEquals(decodeText((await reader.read()).value!), "some");
  const error = await rejection(reader.read(), PortForwardError);
  assertEquals(error.reason, "Reset");
});

for (
  const [protocol, close] of [["tunnel", CLOSED], ["tunnel", LOST], [
    "v4",
    LOST,
  ], ["v4", { code: 1001, reason: "" }]] as const
) {
  test(`${protocol}: a close with ${close.code} before the end is a lost connection, after the bytes`, async () => {
    const { forwarded, connection } = protocol === "v4"
      ? openChannels()
      : openTunnel();
    if (protocol === "v4") connection.message(0, "some");
    else connection.part(rawData(3, encodeText("some")), true);
    connection.drop(close);
    const reader = forwarded.readable.getReader();
    assertEquals(decodeText((await reader.read()).value!), "some");
    const error = await rejection(reader.read(), PortForwardError);
    assertEquals(error.reason, "ConnectionLost");
    assertInstanceOf(error.cause, ConnectionLostError);
    const { closeCode } = error.cause as ConnectionLostError;
    assertEquals(closeCode, close.code);
    assertStringIncludes(error.message, close.reason);
    assertEquals(await rejection(forwarded.closed), error);
  });
}

test("a tunnel: after the pod's end a regular close is the end, a lost one an error of the writer", async () => {
  const first = openTunnel();
  first.data("all", true);
  first.connection.drop(CLOSED);
  assertEquals(await textOf(first.forwarded.readable), "all");
  await first.forwarded.closed;
  const second = openTunnel();
  second.data("all", true);
  second.connection.drop(LOST);
  assertEquals(await textOf(second.forwarded.readable), "all");
  await rejection(second.forwarded.closed, PortForwardError);
});

test("broken frames are a ProtocolError", async () => {
  const { forwarded, connection, send } = openTunnel();
  send(rawControl({ version: 2, type: 1 }));
  const error = await rejection(forwarded.closed, ProtocolError);
  assertEquals(connection.ended, "closed");
  assertEquals(await rejection(textOf(forwarded.readable)), error);
});

for (const protocol of ["tunnel", "v4"]) {
  const opened = (options?: OpenOptions) =>
    protocol === "v4" ? openChannels(options) : openTunnel(options);

  test(`${protocol}: a full queue pauses the socket, and a read resumes it`, async () => {
    const { forwarded, connection } = opened({ highWaterMark: 1000 });
    const part = (length: number) =>
      protocol === "v4"
        ? connection.message(0, filled(length))
        : connection.part(rawData(3, filled(length)), true);
    part(999);
    assertEquals(connection.paused, false);
    part(1);
    assertEquals(connection.paused, true);
    const reader = forwarded.readable.getReader();
    let read = 0;
    while (read < 1000) read += (await reader.read()).value!.byteLength;
    assertEquals(connection.paused, false);
    await forwarded.close();
  });

  test(`${protocol}: a write waits for room in the socket, in messages of 32 KiB`, async () => {
    const { forwarded, connection } = opened();
    connection.hasRoom = false;
    const before = connection.sent.length;
    const writer = forwarded.writable.getWriter();
    const written = writer.write(filled(70_000));
    assertEquals(await stateOf(written), "pending");
    assertEquals(connection.sent.length, before + 1);
    connection.drain();
    await written;
    const [first, ...others] = connection.sent.slice(before);
    assertEquals(first!.byteLength, 32 * 1024 + (protocol === "v4" ? 1 : 8));
    assertEquals(others.length, 2);
    await forwarded.close();
  });

  test(`${protocol}: an abort drops what is queued and ends both sides`, async () => {
    const { forwarded, connection, abort, ends } = opened();
    if (protocol === "v4") connection.message(0, "queued");
    else connection.part(rawData(3, encodeText("queued")), true);
    const reason = new Error("enough");
    abort(reason);
    assertEquals(await rejection(textOf(forwarded.readable)), reason);
    assertEquals(await rejection(forwarded.closed), reason);
    assertEquals(await rejection(forwarded.writable.close()), reason);
    assertEquals(ends, [reason]);
    assertEquals(connection.ended, "closed");
  });

  test(`${protocol}: an aborted writable ends the connection with its reason`, async () => {
    const { forwarded, connection } = opened();
    const reason = new Error("half an upload");
    await forwarded.writable.abort(reason);
    assertEquals(await rejection(forwarded.closed), reason);
    assertEquals(connection.ended, "closed");
  });

  test(`${protocol}: close() resolves closed, and readers get an error`, async () => {
    const { forwarded, connection, ends } = opened();
    const read = forwarded.readable.getReader().read();
    await forwarded.close();
    await forwarded.close();
    await forwarded.closed;
    await rejection(read, SessionEndedError);
    assertEquals(ends, [null]);
    assertEquals(connection.ended, "closed");
  });

  test(`${protocol}: a chunk that is not bytes is a TypeError`, async () => {
    const { forwarded } = opened();
    const writer = (forwarded.writable as WritableStream<unknown>).getWriter();
    const error = await rejection(writer.write("text"), TypeError);
    assertStringIncludes(error.message, "write to the connection");
    await forwarded.close();
  });

  test(`${protocol}: silence is a lost connection`, async () => {
    const { forwarded, connection } = opened({
      keepAlive: { interval: 20, timeout: 50 },
    });
    const error = await rejection(forwarded.closed, PortForwardError);
    assertEquals(error.reason, "ConnectionLost");
    assertStringIncludes(error.message, "not even an answer to a ping");
    assertEquals(connection.ended, "aborted");
  });
}

test("a tunnel tells the server of an abort and of close()", async () => {
  const aborted = openTunnel();
  aborted.abort(new Error("enough"));
  const closed = openTunnel();
  await closed.forwarded.close();
  for (const { sent } of [aborted, closed]) {
    assertEquals(sent(), [{ reset: 3, status: 5 }]);
  }
});

test("a cancelled readable discards; with a closed writable that is the end", async () => {
  const { forwarded, connection, data } = openTunnel({ highWaterMark: 10 });
  await forwarded.readable.cancel();
  data("x".repeat(1000));
  assertEquals(connection.paused, false);
  assertEquals(await stateOf(forwarded.closed), "pending");
  await forwarded.writable.close();
  await forwarded.closed;
});

test("a tunnel pings the node, and answers the node's pings", async () => {
  const { forwarded, connection, send, sent } = openTunnel({
    keepAlive: { interval: 10, timeout: 60_000, pings: false },
  });
  await eventually(() => sent().length > 0);
  assertEquals(sent(), [{ ping: 1 }]);
  assertEquals(connection.pings, 0);
  send(rawControl({ type: 6, body: [0, 0, 0, 1] }));
  await eventually(() => sent().length > 1);
  assertEquals(sent()[1], { ping: 3 });
  send(rawControl({ type: 6, body: [0, 0, 0, 2] }));
  assertEquals(sent().at(-1), { ping: 2 });
  await forwarded.close();
});

test("a flood of pings costs one answer while the socket is full", async () => {
  const { forwarded, connection, send, sent } = openTunnel();
  connection.hasRoom = false;
  for (let id = 2; id <= 200; id += 2) {
    send(rawControl({ type: 6, body: [0, 0, 0, id] }));
  }
  assertEquals(sent(), [{ ping: 2 }]);
  connection.drain();
  assertEquals(sent(), [{ ping: 2 }, { ping: 200 }]);
  await forwarded.close();
});

test("v4 keeps an idle connection by empty messages and by the WebSocket's pings", async () => {
  const { forwarded, connection } = openChannels({
    keepAlive: { interval: 10, timeout: 60_000, activity: 10 },
  });
  await eventually(() => connection.pings > 0 && connection.sent.length > 0);
  assertEquals(connection.sent[0], NONE);
  await forwarded.close();
});
