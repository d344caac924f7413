import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import {
  tlsModesOf,
  withServer,
} from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { test } from "../../harness.ts";
import { delay, eventually } from "../../support/async.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

const MESSAGES = 600;

for (const mode of tlsModesOf(runtimeTransport())) {
  test(`${mode}: what is sent to a server that stops reading now and then arrives unchanged`, async () => {
    const seeded = new SeededRandom(7);
    const payloads = Array.from(
      { length: MESSAGES },
      (_, number) =>
        new Uint8Array(seeded.below(4) === 0 ? 20 : 1 + seeded.below(32 * 1024))
          .fill(number % 251),
    );
    const received: Uint8Array[] = [];
    let length = 0;
    const closed = Promise.withResolvers<void>();
    await withServer(mode, async (exchange) => {
      const socket = await exchange.upgrade();
      let next = 0;
      socket.open({
        part: (part) => {
          received.push(part.slice());
          length += part.byteLength;
          if (length < next) return;
          next = length + 2 ** 20;
          socket.pause();
          delay(20).then(() => socket.resume());
        },
        closed: () => closed.resolve(),
      });
      await closed.promise;
    }, async (fixture) => {
      const connection = await runtimeTransport().connect(fixture.upgrade());
      let drained = Promise.withResolvers<void>();
      connection.open({
        data() {},
        drained: () => drained.resolve(),
        pong() {},
        closed() {},
      });
      let hasRoom = true;
      for (const [number, payload] of payloads.entries()) {
        hasRoom = connection.send([payload]) && hasRoom;
        // Waits too rarely, so that many frames are queued.
        if (hasRoom || number % 16 > 0) continue;
        await drained.promise;
        drained = Promise.withResolvers<void>();
        hasRoom = true;
      }
      const sent = concatBytes(payloads);
      await eventually(() => length === sent.byteLength);
      connection.close();
      await connection.released;
      assertEquals(indexOfDifference(concatBytes(received), sent), -1);
    });
  });
}

function indexOfDifference(one: Uint8Array, other: Uint8Array): number {
  return one.findIndex((byte, index) => byte !== other[index]);
}
