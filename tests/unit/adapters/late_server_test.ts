import { assertEquals } from "@std/assert";
import { Recorder } from "../../conformance/transport/recorder.ts";
import {
  tlsModesOf,
  withServer,
} from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { test } from "../../harness.ts";
import { delay } from "../../support/async.ts";

const CHUNK = new Uint8Array(20_000);

for (const mode of tlsModesOf(runtimeTransport())) {
  test(`${mode}: a server that floods and reads late still gets all, and the close`, async () => {
    const unread = Promise.withResolvers<void>();
    const closing = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<number>();
    let length = 0;
    await withServer(mode, async (exchange) => {
      const socket = await exchange.upgrade();
      socket.open({
        part: (part) => {
          if (length === 0) {
            socket.pause();
            unread.resolve();
          }
          length += part.byteLength;
        },
        closed: ({ code }) => closed.resolve(code),
      });
      closing.promise.then(() => delay(100)).then(() => socket.resume());
      let gone = false;
      closed.promise.then(() => gone = true);
      while (!gone) {
        socket.send(CHUNK);
        await delay(1);
      }
    }, async (fixture) => {
      const connection = await runtimeTransport().connect(fixture.upgrade());
      Recorder.of(connection);
      connection.send([CHUNK]);
      await unread.promise;
      for (let count = 0; count < 5; count++) connection.send([CHUNK]);
      connection.close();
      closing.resolve();
      assertEquals(await closed.promise, 1000);
      await connection.released;
      assertEquals(length, 6 * CHUNK.byteLength);
    });
  });
}
