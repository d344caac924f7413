import { assert, assertEquals } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import type { ServerWebSocket } from "../../../src/testing/server/server_web_socket.ts";
import type { Connection } from "../../../src/transport/transport.ts";
import { encodeClosePayload } from "../../../src/websocket/close_frame.ts";
import {
  encodeControl,
  encodeMessage,
} from "../../../src/websocket/frame_writer.ts";
import { OPCODE } from "../../../src/websocket/frame.ts";
import { Recorder } from "../../conformance/transport/recorder.ts";
import {
  tlsModesOf,
  withServer,
} from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { test } from "../../harness.ts";
import { pattern } from "../../support/bytes.ts";
import { delay, eventLoopTurns, macrotask } from "../../support/async.ts";

const CHUNK = new Uint8Array(20_000);

/** Sends everything in one write and resets the connection with our bytes unread. */
async function sendAndReset(
  socket: ServerWebSocket,
  message: Uint8Array,
): Promise<void> {
  socket.sendRaw(concatBytes([
    encodeMessage([message], "server"),
    encodeControl(OPCODE.close, encodeClosePayload(1000, "done"), "server"),
  ]));
  while (socket.bufferedAmount > 0) await delay(1);
  // A reset takes back what the client's system has had no room for yet.
  await eventLoopTurns();
  socket.reset();
  await eventLoopTurns();
}

async function keepWriting(connection: Connection): Promise<void> {
  for (let count = 0; count < 5; count++) {
    connection.send([CHUNK]);
    await delay(2);
  }
}

for (const mode of tlsModesOf(runtimeTransport())) {
  for (const size of [1_000, 90_000]) {
    test(`${mode}: ${size} bytes from before a reset survive writes while paused`, async () => {
      const sent = pattern(size);
      const reset = Promise.withResolvers<void>();
      await withServer(mode, async (exchange) => {
        const socket = await exchange.upgrade();
        let answered = false;
        socket.open({
          part: () => {
            socket.pause();
            if (answered) return;
            answered = true;
            sendAndReset(socket, sent).then(reset.resolve, reset.reject);
          },
        });
      }, async (fixture) => {
        const connection = await runtimeTransport().connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        await macrotask();
        for (let count = 0; count < 4; count++) connection.send([CHUNK]);
        connection.pause();
        await reset.promise;
        await keepWriting(connection);
        assertEquals(recorder.received, 0);
        connection.resume();
        const { code, reason } = await recorder.closeInfo;
        await connection.released;
        assertEquals(recorder.bytes, sent);
        assertEquals([code, reason], [1000, "done"]);
      });
    });
  }

  test(`${mode}: what is written while paused goes out in a flood, and a close too`, async () => {
    const messages: number[] = [];
    const closed = Promise.withResolvers<number>();
    await withServer(mode, async (exchange) => {
      const socket = await exchange.upgrade();
      let gone = false;
      socket.open({
        message: (message) => messages.push(message.byteLength),
        closed: ({ code }) => {
          gone = true;
          closed.resolve(code);
        },
      });
      while (!gone) if (!socket.send(CHUNK)) await socket.drained();
    }, async (fixture) => {
      const connection = await runtimeTransport().connect(fixture.upgrade());
      const recorder = Recorder.of(connection);
      await recorder.until(() => recorder.received > 0);
      connection.pause();
      while (connection.send([CHUNK]) && messages.length < 3) await delay(1);
      await recorder.until(() => messages.length >= 3 || recorder.drains > 0);
      connection.send([Uint8Array.of(1)]);
      const start = performance.now();
      connection.close();
      assertEquals(await closed.promise, 1000);
      await connection.released;
      assert(performance.now() - start < 10_000);
      assertEquals(messages.at(-1), 1);
    });
  });
}
