// Only Node drops a socket whose write failed, and only where both ends write at
// once, as on Node, can a test write before reading.
import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../../src/bytes.ts";
import type { ServerWebSocket } from "../../../../src/testing/server/server_web_socket.ts";
import { encodeClosePayload } from "../../../../src/websocket/close_frame.ts";
import {
  encodeControl,
  encodeMessage,
} from "../../../../src/websocket/frame_writer.ts";
import { OPCODE } from "../../../../src/websocket/frame.ts";
import { Recorder } from "../../../conformance/transport/recorder.ts";
import {
  tlsModesOf,
  withServer,
} from "../../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../../conformance/transport/subject.ts";
import { runtime, test } from "../../../harness.ts";
import { pattern } from "../../../support/bytes.ts";

const transport = runtimeTransport();
const modes = runtime === "node" ? tlsModesOf(transport) : [];

for (const mode of modes) {
  test(`${mode}: data received before a reset survives a failed write`, async () => {
    const sent = pattern(1_000);
    const upgraded = Promise.withResolvers<ServerWebSocket>();
    await withServer(mode, async (exchange) => {
      upgraded.resolve(await exchange.upgrade());
    }, async (fixture) => {
      const connection = await transport.connect(fixture.upgrade());
      const recorder = Recorder.of(connection);
      const server = await upgraded.promise;
      // Unread, it makes a reset even of a plain close.
      connection.send([new Uint8Array(20_000)]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      server.sendRaw(concatBytes([
        encodeMessage([sent], "server"),
        encodeControl(OPCODE.close, encodeClosePayload(1000, "done"), "server"),
      ]));
      server.reset();
      connection.send([new Uint8Array(20_000)]);
      const { code, reason } = await recorder.closeInfo;
      await connection.released;
      assertEquals(recorder.bytes, sent);
      assertEquals([code, reason], [1000, "done"]);
    });
  });

  test(`${mode}: a failed write after a reset without data ends the connection`, async () => {
    const upgraded = Promise.withResolvers<ServerWebSocket>();
    await withServer(mode, async (exchange) => {
      upgraded.resolve(await exchange.upgrade());
    }, async (fixture) => {
      const connection = await transport.connect(fixture.upgrade());
      const recorder = Recorder.of(connection);
      const server = await upgraded.promise;
      connection.send([new Uint8Array(20_000)]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      server.reset();
      connection.send([new Uint8Array(20_000)]);
      assertEquals((await recorder.closeInfo).code, 1006);
      await connection.released;
    });
  });
}
