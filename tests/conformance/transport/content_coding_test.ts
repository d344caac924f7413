// Responses in gzip, over real sockets.
import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { ConnectionLostError, ProtocolError } from "../../../src/errors.ts";
import type { ServerExchange } from "../../../src/testing/server/server_exchange.ts";
import { canGunzip } from "../../../src/transport/gunzip_body.ts";
import type { HttpRequest } from "../../../src/transport/transport.ts";
import { test as register } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { textOf } from "../../support/bytes.ts";
import { withServer } from "./fixtures.ts";
import { runtimeTransport } from "./subject.ts";

/** Bun 1.3.0 has no decoder. */
const test: typeof register = canGunzip() ? register : () => {};

register("gzip is asked for where it can be decoded", async () => {
  await ask((exchange) => {
    const coding = exchange.request.headers.get("accept-encoding");
    assertEquals(coding, canGunzip() ? "gzip" : null);
    exchange.respond(200, {}, "x");
  });
});

const TEXT = "a pod of a long list, ".repeat(20_000);
const CODED = new Uint8Array(gzipSync(TEXT));
const GZIP = { "content-encoding": "gzip" };

/** The text of each response, over kept connections. */
async function ask(
  handle: (exchange: ServerExchange) => void,
  changes: readonly Partial<HttpRequest>[] = [{}],
): Promise<{ text: string; headers: Headers }[]> {
  const answers: { text: string; headers: Headers }[] = [];
  await withServer("tls", handle, async (fixture) => {
    const transport = runtimeTransport();
    try {
      for (const change of changes) {
        const response = await transport.request(fixture.http(change));
        const text = await textOf(response.body);
        answers.push({ text, headers: response.headers });
      }
      assertEquals(fixture.server.connections, 1);
    } finally {
      await transport.close();
    }
  });
  return answers;
}

test("a response in gzip is decoded, whatever its framing and name", async () => {
  const answers = await ask((exchange) => {
    const { request } = exchange;
    assertEquals(request.headers.get("accept-encoding"), "gzip");
    if (request.method === "POST") {
      return exchange.respond(500, { "content-encoding": "x-gzip" }, CODED);
    }
    if (request.method === "GET") return exchange.respond(200, GZIP, CODED);
    const body = exchange.stream(200, GZIP);
    body.write(CODED.subarray(0, 100));
    body.write(CODED.subarray(100));
    body.end();
  }, [{}, { method: "POST" }, { method: "DELETE" }]);
  for (const { text, headers } of answers) {
    assertEquals(text, TEXT);
    assertEquals(headers.get("content-encoding"), null);
    assertEquals(headers.get("content-length"), null);
  }
});

test("a caller who names codings, or HEAD, gets what the server sends", async () => {
  const identity = { "accept-encoding": "identity" };
  const [own, head] = await ask((exchange) => {
    const { method, headers } = exchange.request;
    const expected = method === "HEAD" ? null : "identity";
    assertEquals(headers.get("accept-encoding"), expected);
    exchange.respond(200, GZIP, "not decoded");
  }, [{ headers: identity }, { method: "HEAD" }]);
  assertEquals(own!.text, "not decoded");
  assertEquals(own!.headers.get("content-encoding"), "gzip");
  assertEquals(head!.text, "");
});

test("a response without a body may name a coding", async () => {
  const [, empty] = await ask((exchange) => {
    if (exchange.request.method === "GET") return exchange.respond(204, GZIP);
    exchange.respond(200, GZIP);
  }, [{}, { method: "DELETE" }]);
  assertEquals(empty!.text, "");
});

test("half a response in gzip is a lost connection, a damaged one is not", async () => {
  await withServer("plain", (exchange) => {
    if (exchange.request.method === "POST") {
      return exchange.respond(200, GZIP, CODED.subarray(0, -1));
    }
    exchange.raw(
      `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n` +
        `content-length: ${CODED.byteLength}\r\n\r\n`,
    );
    exchange.raw(CODED.subarray(0, CODED.byteLength / 2));
    exchange.end();
  }, async ({ http }) => {
    const transport = runtimeTransport();
    const { body } = await transport.request(http());
    await rejection(textOf(body), ConnectionLostError);
    const damaged = await transport.request(http({ method: "POST" }));
    await rejection(textOf(damaged.body), ProtocolError);
    await transport.close();
  });
});

test("an abort and a cancel end a body in gzip", async () => {
  await withServer("plain", (exchange) => {
    exchange.stream(200, GZIP).write(CODED.subarray(0, CODED.byteLength - 9));
  }, async ({ http, server }) => {
    const transport = runtimeTransport();
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = await transport.request(http({ signal }));
    const reader = aborted.body.getReader();
    await reader.read();
    const reason = new Error("enough");
    controller.abort(reason);
    const error = await rejection((async () => {
      while (!(await reader.read()).done);
    })());
    assert(error === reason);
    const cancelled = await transport.request(http());
    await cancelled.body.cancel();
    await transport.close();
    while (server.connections > 0) await new Promise((r) => setTimeout(r, 1));
  });
});
