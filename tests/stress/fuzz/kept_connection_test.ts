import { assertEquals } from "@std/assert";
import { type Bytes, encodeText } from "../../../src/bytes.ts";
import { ConnectionPool } from "../../../src/transport/connection_pool.ts";
import { sendRequest } from "../../../src/transport/http_exchange.ts";
import { textOf } from "../../support/bytes.ts";
import { FakeDuplex } from "../../support/fake_duplex.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { fuzz } from "./fuzz.ts";

/**
 * Stands for a turn of the event loop: everything here is a promise, and Deno
 * 2.5 takes a millisecond for a real one.
 */
async function turn(): Promise<void> {
  for (let count = 0; count < 50; count++) await null;
}

/** A response with `body`, and whether its connection may be used again. */
function respond(seeded: SeededRandom, body: string): [string, boolean] {
  const [ending, keeps] = seeded.pick<[string, boolean]>([
    ["", true],
    ["", true],
    ["", true],
    [ANOTHER, false],
    ["\r\n", false],
    ["x", false],
  ]);
  const [field, stays] = seeded.pick<[string, boolean]>([
    ["", true],
    ["", true],
    ["connection: keep-alive\r\n", true],
    ["connection: close\r\n", false],
    ["keep-alive: timeout=1\r\n", false],
  ]);
  const interim = seeded.pick(["", "", "HTTP/1.1 103 Early Hints\r\n\r\n"]);
  const half = seeded.below(body.length);
  const size = (part: string) => part.length.toString(16);
  const parts = [body.slice(0, half), body.slice(half)].filter(Boolean);
  const framed = seeded.pick([
    `content-length: ${body.length}\r\n\r\n${body}`,
    `transfer-encoding: chunked\r\n\r\n${
      parts.map((part) => `${size(part)}\r\n${part}\r\n`).join("")
    }0\r\n\r\n`,
  ]);
  const head = `${interim}HTTP/1.1 200 OK\r\n${field}${framed}`;
  return [head + ending, keeps && stays];
}

const ANOTHER = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\ninjected";

fuzz(
  "each request gets its own response, whatever follows the one before",
  async (seeded) => {
    const dialled: FakeDuplex[] = [];
    const pool = new ConnectionPool({
      dial: () => {
        const duplex = new FakeDuplex();
        dialled.push(duplex);
        return Promise.resolve(duplex);
      },
      nextTurn: turn,
      startBackgroundTimer: () => () => {},
    });
    let expected = 1;
    for (let request = 0; request < 4; request++) {
      const response = sendRequest(pool, {
        method: "GET",
        url: new URL("http://server/"),
        headers: {},
        body: null,
        tls: TLS,
        proxy: null,
        signal: new AbortController().signal,
      });
      while (dialled.length < expected) await turn();
      await turn();
      await turn();
      assertEquals(dialled.length, expected);
      const body = `response ${request} `.repeat(1 + seeded.below(9));
      const [text, keeps] = respond(seeded, body);
      const duplex = dialled.at(-1)!;
      const read = response.then((it) => textOf(it.body));
      await deliver(seeded, duplex, encodeText(text));
      assertEquals(await read, body);
      if (!keeps) {
        expected++;
        assertEquals(duplex.ending, "destroyed");
      } else assertEquals(duplex.ending, null);
    }
    await pool.close();
  },
);

const TLS = {};

/** Delivers `bytes` as a socket does: not within a turn in which it is paused. */
async function deliver(
  seeded: SeededRandom,
  duplex: FakeDuplex,
  bytes: Bytes,
): Promise<void> {
  for (const part of seeded.split(bytes, 40)) {
    if (part.byteLength === 0) continue;
    while (duplex.paused && duplex.ending === null) await turn();
    if (duplex.ending !== null) return;
    duplex.receiver.data(part);
  }
}
