import { assertEquals } from "@std/assert";
import type { ServerExchange } from "../../../../src/testing/server/server_exchange.ts";
import { test } from "../../../harness.ts";
import { pattern } from "../../../support/bytes.ts";
import { macrotask } from "../../../support/async.ts";
import { Recorder } from "../recorder.ts";
import { tlsModesOf, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

const SIZES = [0, 1, 125, 126, 127, 4096, 32769, 65535, 65536, 300_000];

/** Messages in both directions. */
export function messageCases({ name, make }: TransportSubject): void {
  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: messages of any size are echoed as they are`, async () => {
      await withServer(mode, echo, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        const sent = SIZES.map((size) => pattern(size, size));
        for (const message of sent) connection.send([message]);
        await recorder.until(() => recorder.messages.length === sent.length);
        assertEquals(recorder.messages.length, sent.length);
        for (const [index, message] of sent.entries()) {
          assertEquals(recorder.messages[index], message);
        }
        connection.close();
        await connection.released;
      });
    });
  }

  test(`${name}: parts go out as one message and stay as they were`, async () => {
    await withServer("plain", echo, async (fixture) => {
      const connection = await make().connect(fixture.upgrade());
      const recorder = Recorder.of(connection);
      const parts = [Uint8Array.of(1), pattern(1000), Uint8Array.of(9, 9)];
      connection.send(parts);
      parts[0]![0] = 7;
      await recorder.until(() => recorder.messages.length === 1);
      assertEquals(
        recorder.messages[0],
        Uint8Array.of(1, ...pattern(1000), 9, 9),
      );
      assertEquals(parts, [
        Uint8Array.of(7),
        pattern(1000),
        Uint8Array.of(9, 9),
      ]);
      connection.close();
      await connection.released;
    });
  });

  test(`${name}: data that arrives with the handshake waits for the receiver`, async () => {
    await withServer("plain", async (exchange) => {
      const socket = await exchange.upgrade();
      for (let byte = 0; byte < 5; byte++) socket.send(Uint8Array.of(byte));
      socket.open({});
    }, async (fixture) => {
      const connection = await make().connect(fixture.upgrade());
      await macrotask();
      const recorder = Recorder.of(connection);
      assertEquals(recorder.received, 0);
      await recorder.until(() => recorder.received === 5);
      assertEquals(recorder.bytes, Uint8Array.of(0, 1, 2, 3, 4));
      connection.close();
      await connection.released;
    });
  });

  test(`${name}: the server's ping is answered, and ours where supported`, async () => {
    await withServer("plain", async (exchange) => {
      const socket = await exchange.upgrade();
      socket.ping(Uint8Array.of(1, 2, 3));
      socket.open({ message: (message) => socket.send(message) });
    }, async (fixture) => {
      const transport = make();
      const connection = await transport.connect(fixture.upgrade());
      const recorder = Recorder.of(connection);
      connection.ping();
      connection.send([Uint8Array.of(5)]);
      await recorder.until(() => recorder.received === 1);
      assertEquals(recorder.pongs, transport.capabilities.ping ? 1 : 0);
      connection.close();
      await connection.released;
    });
  });
}

async function echo(exchange: ServerExchange): Promise<void> {
  const socket = await exchange.upgrade();
  socket.open({ message: (message) => socket.send(message) });
}
