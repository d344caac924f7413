// TLS over a duplex that is not a socket: its bytes, its pauses and its end.
import { assert, assertEquals } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import { nextTurn } from "../../../src/adapters/next_turn.ts";
import { startHttpServer } from "../../../src/testing/server/http_server.ts";
import type { ServerExchange } from "../../../src/testing/server/server_exchange.ts";
import type {
  ByteDuplex,
  DuplexReceiver,
} from "../../../src/transport/duplex.ts";
import { nodeDial } from "../../../src/adapters/node/node_dial.ts";
import {
  BUN_1_3_QUIRKS,
  NODE_QUIRKS,
} from "../../../src/adapters/node/runtime_quirks.ts";
import { isModernBun } from "../../../src/platform/runtime.ts";
import {
  nestsTls,
  sharedCertificates,
} from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { runtime, test } from "../../harness.ts";
import { delay, eventually } from "../../support/async.ts";
import { pattern, sameBytes } from "../../support/bytes.ts";

const NEVER = new AbortController().signal;

/** A connection without TLS that a test can break. */
interface Carrier {
  readonly duplex: ByteDuplex;
  break(error: Error): void;
}

async function dialPlainly(port: number): Promise<Carrier> {
  const dial = nodeDial(
    runtime === "bun" && !isModernBun() ? BUN_1_3_QUIRKS : NODE_QUIRKS,
  );
  const duplex = await dial({
    hostname: "127.0.0.1",
    port,
    tls: null,
    proxy: null,
    proxyTls: {},
    signal: NEVER,
  });
  let receiver: DuplexReceiver;
  const open = duplex.open.bind(duplex);
  duplex.open = (given) => open(receiver = given);
  return { duplex, break: (error) => receiver.ended(error) };
}

/** Runs `body` with TLS over a connection, on which a request was sent. */
async function withNestedTls(
  handle: (exchange: ServerExchange) => void | Promise<void>,
  receiver: (duplex: ByteDuplex) => DuplexReceiver,
  body: (duplex: ByteDuplex, carrier: Carrier) => Promise<void>,
): Promise<void> {
  const { authority, server: pair } = await sharedCertificates();
  const server = await startHttpServer({ tls: pair, handle });
  try {
    const carrier = await dialPlainly(server.port);
    const handshake = runtimeTransport().tlsLayer!({
      url: new URL(`https://127.0.0.1:${server.port}/`),
      tls: { certificateAuthority: authority.certificate },
    });
    const duplex = await handshake(carrier.duplex, NEVER);
    duplex.open(receiver(duplex));
    duplex.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    await body(duplex, carrier);
    duplex.destroy();
  } finally {
    await server.close();
  }
}

// Deno 2.5 has no TLS over a stream.
if (nestsTls) {
  test("TLS over a paused connection reads nothing, and loses nothing", async () => {
    const download = pattern(16 * 2 ** 20);
    const parts: Uint8Array[] = [];
    let received = 0;
    let inPause = 0;
    let mostInPause = 0;
    let isPaused = false;
    let mayResume = false;
    await withNestedTls(
      async (exchange) => {
        const size = 2 ** 16;
        for (let at = 0; at < download.length; at += size) {
          exchange.raw(download.subarray(at, at + size));
          await nextTurn();
        }
      },
      (duplex) => ({
        data(chunk) {
          parts.push(chunk);
          received += chunk.byteLength;
          if (isPaused) inPause += chunk.byteLength;
          mostInPause = Math.max(inPause, mostInPause);
          isPaused = true;
          duplex.pause();
          if (mayResume) nextTurn().then(resume, () => {});
          function resume() {
            isPaused = false;
            inPause = 0;
            duplex.resume();
          }
        },
        drained: () => {},
        ended: () => {},
      }),
      async (duplex) => {
        await eventually(() => isPaused);
        for (let before = -1; before !== received;) {
          before = received;
          await delay(300);
        }
        assert(received < 2 ** 20, `${received} bytes came`);
        mayResume = true;
        inPause = 0;
        isPaused = false;
        duplex.resume();
        await eventually(() => received === download.length);
        assert(mostInPause < 2 ** 20, `${mostInPause} bytes in a pause`);
        assert(sameBytes(concatBytes(parts), download));
      },
    );
  });

  test("TLS over a connection that breaks ends with its error, behind all bytes", async () => {
    const broken = new Error("broken");
    const events: unknown[] = [];
    await withNestedTls(
      (exchange) => exchange.raw("all"),
      () => ({
        data: (chunk) => events.push(new TextDecoder().decode(chunk)),
        drained: () => {},
        ended: (error) => events.push(error),
      }),
      async (_duplex, carrier) => {
        await eventually(() => events.length === 1);
        carrier.break(broken);
        await eventually(() => events.length === 2);
        assertEquals(events, ["all", broken]);
      },
    );
  });
}
