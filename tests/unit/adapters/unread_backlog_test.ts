// A server that no longer reads does not block the close, however large the write
// backlog.
import { assert } from "@std/assert";
import { isModernDeno } from "../../../src/platform/runtime.ts";
import {
  type TlsMode,
  tlsModesOf,
  withServer,
} from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { openFiles } from "../../harness/open_files.ts";
import { runtime, test } from "../../harness.ts";
import { delay } from "../../support/async.ts";

/** More than the system takes on both sides. */
const BACKLOG = 24 * 2 ** 20;
const CHUNK = new Uint8Array(32 * 1024);

/** Deno's own TLS keeps a socket until its backlog is taken; before 2.7 all do. */
function closesAtOnce(mode: TlsMode): boolean {
  return runtime !== "deno" || isModernDeno() && mode !== "tls";
}

for (const mode of tlsModesOf(runtimeTransport())) {
  for (const ending of ["abort", "close"] as const) {
    test(`${mode}: ${ending}() releases a socket whose backlog is not read`, async () => {
      await withServer(mode, async (exchange) => {
        const socket = await exchange.upgrade();
        socket.open({});
        socket.pause();
      }, async (fixture) => {
        const connection = await runtimeTransport().connect(fixture.upgrade());
        connection.open({
          data: () => {},
          pong: () => {},
          drained: () => {},
          closed: () => {},
        });
        for (let sent = 0; sent < BACKLOG; sent += CHUNK.byteLength) {
          connection.send([CHUNK]);
        }
        await delay(100);
        const before = openSockets();
        const begun = performance.now();
        connection[ending]();
        await connection.released;
        assert(performance.now() - begun < 10_000);
        if (!closesAtOnce(mode)) return;
        while (openSockets() === before && performance.now() - begun < 10_000) {
          await delay(20);
        }
        // The server's end may have gone as well.
        assert(openSockets() < before);
      });
    });
  }
}

function openSockets(): number {
  return openFiles().filter((file) => file.startsWith("socket:")).length;
}
