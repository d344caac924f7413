import { assert, assertEquals } from "@std/assert";
import { ProtocolError } from "../../../../src/errors.ts";
import type { ServerWebSocket } from "../../../../src/testing/server/server_web_socket.ts";
import type { CloseInfo } from "../../../../src/transport/transport.ts";
import { runtime, test } from "../../../harness.ts";
import { pattern } from "../../../support/bytes.ts";
import { macrotask } from "../../../support/async.ts";
import { Recorder } from "../recorder.ts";
import { type TlsMode, tlsModesOf, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

/** A text frame with "hi" in it, one with reserved bits, and one that is cut off. */
const TEXT_FRAME = Uint8Array.of(0x81, 2, 104, 105);
const RESERVED_FRAME = Uint8Array.of(0xf2, 1, 1);
const CUT_FRAME = Uint8Array.of(0x82, 10, 1, 2, 3);

/** Ends of a connection by the server or the network. */
export function endingCases({ name, make, outdated }: TransportSubject): void {
  /** The server sends five bytes and then ends the connection with `end`. */
  const ended = async (
    end: (socket: ServerWebSocket) => void,
    mode: TlsMode = "plain",
    path = "/",
  ): Promise<CloseInfo> => {
    let closeInfo: CloseInfo | undefined;
    await withServer(mode, async (exchange) => {
      const socket = await exchange.upgrade();
      // The client's message shows that it has opened the connection.
      socket.open({ message: () => end(socket) });
      socket.send(pattern(5));
    }, async (fixture) => {
      const url = new URL(path, fixture.server.url);
      const connection = await make().connect(fixture.upgrade({ url }));
      const recorder = Recorder.of(connection);
      await recorder.until(() => recorder.received === 5);
      connection.send([Uint8Array.of(1)]);
      closeInfo = await recorder.closeInfo;
      await connection.released;
      await macrotask();
      assertEquals(recorder.closeInfos.length, 1);
      assertEquals(connection.send([Uint8Array.of(1)]), false);
    });
    return closeInfo!;
  };

  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: a Close frame brings code and reason`, async () => {
      const closeInfo = await ended(
        (socket) => socket.close(1000, "done"),
        mode,
      );
      assertEquals(closeInfo, { code: 1000, reason: "done" });
    });

    test(`${name}, ${mode}: a reset is 1006`, async () => {
      const closeInfo = await ended((socket) => socket.reset(), mode);
      assertEquals(closeInfo.code, 1006);
      assert(closeInfo.reason !== "");
    });

    test(`${name}, ${mode}: an end without a Close frame is 1006`, async () => {
      const closeInfo = await ended((socket) => socket.end(), mode);
      assertEquals(closeInfo.code, 1006);
      assert(closeInfo.reason !== "");
    });
  }

  test(`${name}: a Close frame without a code is 1005`, async () => {
    const closeInfo = await ended((socket) => socket.close());
    assertEquals(closeInfo, { code: outdated ? 1000 : 1005, reason: "" });
  });

  test(`${name}: a Close frame with an error code is passed on`, async () => {
    const closeInfo = await ended((socket) => socket.close(1011, "broken"));
    assertEquals(closeInfo, { code: 1011, reason: "broken" });
  });

  test(`${name}: an end in the middle of a message is 1006`, async () => {
    const closeInfo = await ended((socket) => {
      socket.sendRaw(CUT_FRAME);
      socket.end();
    });
    assertEquals(closeInfo.code, 1006);
    assert(closeInfo.reason !== "");
  });

  test(`${name}: a text frame is a ProtocolError`, async () => {
    const closeInfo = await ended((socket) => {
      socket.sendRaw(TEXT_FRAME);
    });
    assert(closeInfo.error instanceof ProtocolError);
    assertEquals(closeInfo.code, 1006);
    assertEquals(
      closeInfo.error?.message,
      'Cannot read the WebSocket frame: it is a text frame, "hi"',
    );
  });

  test(`${name}: a frame with reserved bits is a ProtocolError where it is seen`, async () => {
    const { code, reason, error } = await ended(
      (socket) => socket.sendRaw(RESERVED_FRAME),
      "plain",
      "/exec?command=s3cret",
    );
    assert(!/s3cret/.test(`${reason} ${error?.message}`), reason);
    if (outdated) return;
    assertEquals(code, 1006);
    if (name !== "web" || runtime !== "node") {
      assert(error instanceof ProtocolError, reason);
    }
  });

  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: data arrives before the end, paused or not`, async () => {
      const sent = pattern(200_000);
      await withServer(mode, async (exchange) => {
        const socket = await exchange.upgrade();
        socket.open({
          message: () => {
            for (let at = 0; at < sent.length; at += 20_000) {
              socket.send(sent.subarray(at, at + 20_000));
            }
            socket.close(1000);
          },
        });
      }, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        recorder.onData = () => {
          connection.pause();
          setTimeout(() => connection.resume(), 1);
        };
        connection.send([Uint8Array.of(1)]);
        assertEquals((await recorder.closeInfo).code, 1000);
        assertEquals(recorder.bytes, sent);
        await connection.released;
      });
    });
  }
}
