import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { BufferOverflowError } from "../../../../src/errors.ts";
import type { ServerWebSocket } from "../../../../src/testing/server/server_web_socket.ts";
import { test } from "../../../harness.ts";
import { pattern } from "../../../support/bytes.ts";
import { Recorder } from "../recorder.ts";
import { nestedTlsModes, tlsModesOf, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

const MiB = 2 ** 20;
const CHUNK = new Uint8Array(32 * 1024);

/** Pause, resume and backpressure. */
export function flowCases({ name, make, outdated }: TransportSubject): void {
  for (const mode of [...tlsModesOf(make()), ...nestedTlsModes(make())]) {
    test(`${name}, ${mode}: a paused connection blocks the server, or overflows its buffer`, async () => {
      let flooded = 0;
      const left = Promise.withResolvers<void>();
      await withServer(mode, async (exchange) => {
        const socket = await exchange.upgrade();
        let gone = false;
        socket.open({
          closed: () => {
            gone = true;
            left.resolve();
          },
        });
        // Far more than all the buffers in between, and not without an end.
        while (!gone && flooded < 200 * MiB) {
          flooded += CHUNK.byteLength;
          if (!socket.send(CHUNK)) await socket.drained();
          if (flooded % MiB === 0) await tick();
        }
      }, async (fixture) => {
        const transport = make({ bufferLimit: MiB });
        const connection = await transport.connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        await recorder.until(() => recorder.received > 0);
        connection.pause();
        const before = recorder.received;
        if (transport.capabilities.pause) await stalled(() => flooded);
        else await left.promise;
        assertEquals(recorder.received, before);
        if (transport.capabilities.pause) {
          assert(flooded - before < 64 * MiB, `${flooded - before} bytes`);
          connection.abort();
          await connection.released;
          return;
        }
        connection.resume();
        const error = (await recorder.closeInfo).error as BufferOverflowError;
        assertInstanceOf(error, BufferOverflowError);
        assertEquals([error.limit, error.channel], [MiB, null]);
        assert(error.message.includes("bufferLimit"), error.message);
        assert(error.discarded > 0);
        assert(recorder.received - before > MiB / 2);
        await connection.released;
      });
    });

    test(`${name}, ${mode}: resuming loses nothing`, async () => {
      const sent = pattern(MiB);
      await withServer(mode, async (exchange) => {
        const socket = await exchange.upgrade();
        socket.open({});
        for (let at = 0; at < sent.length; at += 10_007) {
          if (!socket.send(sent.subarray(at, at + 10_007))) {
            await socket.drained();
          }
        }
      }, async (fixture) => {
        const connection = await make({ bufferLimit: 2 * MiB })
          .connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        let paused = false;
        let calls = 0;
        recorder.onData = () => {
          assert(!paused, "data while paused");
          if (++calls % 3 !== 0) return;
          paused = true;
          connection.pause();
          setTimeout(() => {
            paused = false;
            connection.resume();
          }, calls % 2);
        };
        await recorder.until(() => recorder.received === sent.length);
        assertEquals(recorder.bytes, sent);
        connection.close();
        await connection.released;
      });
    });

    test(`${name}, ${mode}: a server that does not read fills the buffer, which drains`, async () => {
      const served = Promise.withResolvers<ServerWebSocket>();
      await withServer(mode, async (exchange) => {
        served.resolve(await exchange.upgrade());
      }, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        const socket = await served.promise;
        let sent = CHUNK.byteLength;
        let received = 0;
        const all = Promise.withResolvers<void>();
        while (connection.send([CHUNK]) && sent < 200 * MiB) {
          sent += CHUNK.byteLength;
        }
        assert(sent < 64 * MiB, `${sent} bytes without backpressure`);
        assertEquals(recorder.drains, 0);
        // It reports room although the server has read nothing.
        if (outdated) await recorder.until(() => recorder.drains > 0);
        socket.open({
          part: (part) => {
            received += part.byteLength;
            if (received === sent) all.resolve();
          },
        });
        await recorder.until(() => recorder.drains > 0);
        await all.promise;
        connection.close();
        await connection.released;
      });
    });
  }
}

/** Resolves when `count` has not changed for a while. */
async function stalled(count: () => number): Promise<void> {
  let last = -1;
  for (let same = 0; same < 5;) {
    same = count() === last ? same + 1 : 0;
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
