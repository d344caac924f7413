import { assert, assertEquals } from "@std/assert";
import type { ServerWebSocket } from "../../../../src/testing/server/server_web_socket.ts";
import { test } from "../../../harness.ts";
import { macrotask } from "../../../support/async.ts";
import { Recorder } from "../recorder.ts";
import { tlsModesOf, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

/** Ends of a connection by the client. */
export function closeHandshakeCases(
  { name, make, outdated }: TransportSubject,
): void {
  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: close sends a Close frame and releases the socket`, async () => {
      const served = Promise.withResolvers<ServerWebSocket>();
      await withServer(mode, async (exchange) => {
        const socket = await exchange.upgrade();
        socket.open({});
        served.resolve(socket);
      }, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        connection.close(1000, "bye");
        connection.close();
        const seen = await (await served.promise).closed;
        assertEquals([seen.code, seen.reason], [1000, "bye"]);
        await connection.released;
        await macrotask();
        assertEquals(recorder.closeInfos, []);
      });
    });

    test(`${name}, ${mode}: what was sent before close arrives`, async () => {
      const served = Promise.withResolvers<ServerWebSocket>();
      let received = 0;
      await withServer(mode, async (exchange) => {
        const socket = await exchange.upgrade();
        socket.open({ part: (part) => received += part.byteLength });
        served.resolve(socket);
      }, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        connection.open(new Recorder());
        for (let i = 0; i < 20; i++) connection.send([new Uint8Array(10_000)]);
        while (outdated && received < 200_000) await macrotask();
        connection.close();
        assertEquals((await (await served.promise).closed).code, 1000);
        assertEquals(received, 200_000);
        await connection.released;
      });
    });

    test(`${name}, ${mode}: close is bounded when the server never answers`, async () => {
      const served = Promise.withResolvers<ServerWebSocket>();
      await withServer(mode, async (exchange) => {
        served.resolve(await exchange.upgrade());
      }, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        connection.open(new Recorder());
        await served.promise;
        const start = performance.now();
        connection.close();
        await connection.released;
        assert(performance.now() - start < 10_000);
      });
    });

    test(`${name}, ${mode}: abort drops the connection`, async () => {
      const gone = Promise.withResolvers<void>();
      await withServer(mode, async (exchange) => {
        exchange.closed.then(gone.resolve);
        (await exchange.upgrade()).open({});
      }, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        const recorder = Recorder.of(connection);
        connection.pause();
        connection.abort();
        connection.abort();
        connection.close();
        await connection.released;
        await gone.promise;
        assertEquals(recorder.closeInfos, []);
      });
    });
  }
}
