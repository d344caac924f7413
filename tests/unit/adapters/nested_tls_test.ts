// TLS over a duplex that is not a socket: what its bytes and its end become.
import { assertEquals } from "@std/assert";
import { decodeText } from "../../../src/bytes.ts";
import { startHttpServer } from "../../../src/testing/server/http_server.ts";
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
import { eventually } from "../../support/async.ts";

const NONE = new AbortController().signal;

/** A connection that a test can break, and that counts what it has read. */
class BreakableDuplex {
  readonly duplex: ByteDuplex;
  reads = 0;
  #receiver: DuplexReceiver | null = null;

  constructor(duplex: ByteDuplex) {
    const open = duplex.open.bind(duplex);
    duplex.open = (receiver) => {
      this.#receiver = receiver;
      open({
        data: (chunk) => {
          this.reads++;
          receiver.data(chunk);
        },
        drained: () => receiver.drained(),
        ended: (error) => receiver.ended(error),
      });
    };
    this.duplex = duplex;
  }

  break(error: Error): void {
    this.#receiver!.ended(error);
  }
}

async function dialPlainly(port: number): Promise<BreakableDuplex> {
  const quirks = runtime === "bun" && !isModernBun()
    ? BUN_1_3_QUIRKS
    : { ...NODE_QUIRKS, surviveWriteError: false };
  const dial = nodeDial(quirks);
  return new BreakableDuplex(
    await dial({
      hostname: "127.0.0.1",
      port,
      tls: null,
      proxy: null,
      proxyTls: {},
      signal: NONE,
    }),
  );
}

test(
  "a paused connection that breaks delivers what it has read, and then the error",
  async () => {
    const { authority, server: pair } = await sharedCertificates();
    let write = (_text: string): void => {};
    const server = await startHttpServer({
      tls: pair,
      handle: (exchange) => {
        write = (text) => exchange.raw(text);
        write("first");
      },
    });
    try {
      const carrier = await dialPlainly(server.port);
      const layer = runtimeTransport().tlsLayer!({
        url: new URL(`https://127.0.0.1:${server.port}/`),
        tls: { certificateAuthority: authority.certificate },
      });
      const duplex = await layer(carrier.duplex, NONE);
      const events: unknown[] = [];
      duplex.open({
        data: (chunk) => events.push(decodeText(chunk)),
        drained: () => {},
        ended: (error) => events.push(error),
      });
      duplex.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
      await eventually(() => events.length === 1);
      duplex.pause();
      const { reads } = carrier;
      write("second");
      await eventually(() => carrier.reads > reads);
      const broken = new Error("broken");
      carrier.break(broken);
      assertEquals(events, ["first"]);
      duplex.resume();
      await eventually(() => events.length === 3);
      assertEquals(events, ["first", "second", broken]);
      duplex.destroy();
    } finally {
      await server.close();
    }
  },
  { skip: nestsTls ? undefined : "Deno 2.5 has no TLS over a stream" },
);
