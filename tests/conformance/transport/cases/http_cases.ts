import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ConnectError, ConnectionLostError } from "../../../../src/errors.ts";
import { type Bytes, concatBytes, decodeText } from "../../../../src/bytes.ts";
import type { ServerRequest } from "../../../../src/testing/server/server_exchange.ts";
import { test } from "../../../harness.ts";
import { closedPort } from "../../../support/byte_server.ts";
import { pattern, textOf } from "../../../support/bytes.ts";
import { macrotask, rejection } from "../../../support/async.ts";
import { tlsModesOf, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

const MiB = 2 ** 20;

/** HTTP requests. */
export function httpCases({ name, make, outdated }: TransportSubject): void {
  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: a request is sent in full and its response returned`, async () => {
      let seen: ServerRequest | undefined;
      await withServer(mode, (exchange) => {
        seen = exchange.request;
        exchange.respond(201, { "x-answer": "yes" }, "created");
      }, async (fixture) => {
        const url = new URL("/prefix/pods?a=1&b=%26", fixture.server.url);
        const body = pattern(100_000);
        const response = await make().request(fixture.http({
          method: "POST",
          url,
          headers: {
            authorization: "Bearer s3cret",
            "content-type": "application/octet-stream",
          },
          body,
        }));
        assertEquals(response.status, 201);
        assertEquals(response.headers.get("x-answer"), "yes");
        assertEquals(await textOf(response.body), "created");
        assertEquals(seen?.method, "POST");
        assertEquals(seen?.url.href, url.href);
        assertEquals(seen?.headers.get("authorization"), "Bearer s3cret");
        assertEquals(seen?.body, body);
        assertEquals(body, pattern(100_000));
      });
    });
  }

  for (const status of [200, 302, 404, 500]) {
    test(`${name}: an answer of ${status} is passed on unchanged`, async () => {
      await withServer("plain", (exchange) => {
        exchange.respond(status, { location: "/elsewhere" }, `it is ${status}`);
      }, async (fixture) => {
        const response = await make().request(fixture.http());
        assertEquals(response.status, status);
        assertEquals(await textOf(response.body), `it is ${status}`);
      });
    });
  }

  test(`${name}: an answer without a body ends at once`, async () => {
    await withServer("plain", (exchange) => {
      exchange.respond(200);
    }, async (fixture) => {
      const response = await make().request(fixture.http({ method: "DELETE" }));
      assertEquals(await textOf(response.body), "");
    });
  });

  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: a streamed body arrives as it is sent`, async () => {
      const next = Promise.withResolvers<void>();
      await withServer(mode, async (exchange) => {
        const body = exchange.stream(200);
        body.write("first");
        await next.promise;
        body.write("second");
        body.end();
      }, async (fixture) => {
        const { body } = await make().request(fixture.http());
        const parts: string[] = [];
        for await (const part of iterate(body)) {
          parts.push(decodeText(part));
          next.resolve();
        }
        assertEquals(parts[0], "first");
        assertEquals(parts.join(""), "firstsecond");
      });
    });

    test(`${name}, ${mode}: an unread body blocks the server and arrives complete`, async () => {
      const chunk = pattern(64 * 1024);
      const total = 48 * MiB;
      // Of the latest request: a platform's fetch may have tried one before, on
      // a connection of an earlier server that it took for alive.
      let sent = (): number => 0;
      await withServer(mode, async (exchange) => {
        const body = exchange.stream(200);
        let written = 0;
        sent = () => written;
        for (; written < total; written += chunk.byteLength) {
          if (!body.write(chunk)) await body.drained();
        }
        body.end();
      }, async (fixture) => {
        const response = await make().request(fixture.http());
        if (outdated) {
          // It takes all there is, whether read or not.
          while (sent() < total) await macrotask();
        } else {
          await new Promise((resolve) => setTimeout(resolve, 200));
          assert(sent() < total, "the server was not held up");
        }
        let received = 0;
        for await (const part of iterate(response.body)) {
          assertEquals(part[0], chunk[received % chunk.byteLength]);
          received += part.byteLength;
        }
        assertEquals(received, total);
      });
    });
  }

  test(`${name}: cancelling a body releases the connection`, async () => {
    const gone = Promise.withResolvers<void>();
    await withServer("plain", (exchange) => {
      exchange.closed.then(gone.resolve);
      exchange.stream(200).write("first");
    }, async (fixture) => {
      const response = await make().request(fixture.http());
      await response.body.cancel();
      if (!outdated) await gone.promise;
    });
  });

  test(`${name}: a signal ends the wait for an answer, and a body, with its reason`, async () => {
    for (const early of [true, false]) {
      const asked = Promise.withResolvers<void>();
      await withServer("plain", (exchange) => {
        if (!early) exchange.stream(200).write("first");
        asked.resolve();
      }, async (fixture) => {
        const controller = new AbortController();
        const { signal } = controller;
        const reason = new Error("enough");
        const answer = make().request(fixture.http({ signal }));
        if (early) {
          const failure = rejection(answer);
          await asked.promise;
          controller.abort(reason);
          assertStrictEquals(await failure, reason);
          return;
        }
        const reader = (await answer).body.getReader();
        await reader.read();
        const failure = rejection(reader.read());
        controller.abort(reason);
        assertStrictEquals(await failure, reason);
      });
    }
  });

  test(`${name}: the part of a broken body that arrived is read before the error`, async () => {
    const over = Promise.withResolvers<void>();
    await withServer("plain", async (exchange) => {
      exchange.stream(200).write("all there is");
      await over.promise;
      exchange.end();
    }, async (fixture) => {
      const transport = make();
      // A platform's fetch discards unread data.
      if (transport.capabilities.answer) over.resolve();
      const { body } = await transport.request(fixture.http());
      const parts: Bytes[] = [];
      const failure = await rejection((async () => {
        for await (const part of iterate(body)) {
          parts.push(part);
          over.resolve();
        }
      })());
      assertEquals(decodeText(concatBytes(parts)), "all there is");
      assert(failure instanceof ConnectionLostError, `${failure}`);
    });
  });

  test(`${name}: a refused port is a ConnectError for requests too`, async () => {
    const port = await closedPort();
    await withServer("plain", () => {}, async (fixture) => {
      const url = new URL(`http://127.0.0.1:${port}/`);
      const error = await rejection(
        make().request(fixture.http({ url })),
        ConnectError,
      );
      assertEquals(error.code, "ECONNREFUSED");
    });
  });
}

async function* iterate(body: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
