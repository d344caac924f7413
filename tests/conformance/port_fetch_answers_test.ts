// Odd answers to `portForward.fetch`.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { canGunzip } from "../../src/transport/gunzip_body.ts";
import {
  ConnectError,
  ConnectionLostError,
  PodwireError,
  PortForwardError,
  ProtocolError,
} from "../../src/errors.ts";
import { eventually, rejection } from "../support/async.ts";
import { pattern, sameBytes } from "../support/bytes.ts";
import { startByteServer } from "../support/byte_server.ts";
import { type Fixture, testCase } from "./fixture.ts";

const options = { needs: ["local ports"] } as const;

type Fetch = (init?: RequestInit) => Promise<Response>;

/** Runs `body` with a `fetch` from a peer that answers with `answer`. */
async function withAnswer(
  fixture: Fixture,
  answer: string | Uint8Array | ((socket: Socket) => void),
  body: (fetch: Fetch) => Promise<void>,
): Promise<void> {
  let open = 0;
  const peer = await startByteServer((socket) => {
    open++;
    socket.once("close", () => open--);
    socket.once("data", () => {
      if (typeof answer === "function") answer(socket);
      else socket.write(answer);
    });
  });
  try {
    const name = await fixture.pod();
    const url = `http://web.test:${peer.port}/`;
    await body((init) => fixture.pods.portForward.fetch(name, url, init));
    await eventually(() => open === 0);
  } finally {
    await peer.close();
  }
}

testCase(
  "port-forward fetch: odd header fields and the status text of an answer",
  async (fixture) => {
    const head = [
      "HTTP/1.1 299 Quite Fine",
      "__proto__: one",
      "!#$%&'*+.^_`|~: two",
      "X-Empty:",
      "x-twice: a",
      "X-Twice:   b  ",
      "content-length: 0",
      "",
      "",
    ].join("\r\n");
    await withAnswer(fixture, head, async (fetch) => {
      const { status, statusText, ok, headers, redirected, type } =
        await fetch();
      assertEquals([status, statusText, ok], [299, "Quite Fine", true]);
      assertEquals([redirected, type], [false, "default"]);
      assertEquals(headers.get("__proto__"), "one");
      assertEquals(headers.get("!#$%&'*+.^_`|~"), "two");
      assertEquals(headers.get("x-empty"), "");
      assertEquals(headers.get("x-twice"), "a, b");
    });
  },
  options,
);

testCase(
  "port-forward fetch: interim answers are skipped",
  async (fixture) => {
    const answer = "HTTP/1.1 100 Continue\r\n\r\n" +
      "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" +
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    await withAnswer(fixture, answer, async (fetch) => {
      const response = await fetch();
      assertEquals(response.headers.get("link"), null);
      assertEquals([response.status, await response.text()], [200, "ok"]);
    });
  },
  options,
);

for (const status of [101, 600, 999]) {
  testCase(
    `port-forward fetch: a Response cannot have the status ${status}`,
    async (fixture) => {
      const answer = `HTTP/1.1 ${status} Odd\r\nupgrade: x\r\n\r\nbytes`;
      await withAnswer(fixture, answer, async (fetch) => {
        const { message } = await rejection(fetch(), ProtocolError);
        assertStringIncludes(message, `${status}`);
      });
    },
    options,
  );
}

testCase(
  "port-forward fetch: an answer without a body has none, whatever follows",
  async (fixture) => {
    for (const status of [204, 205, 304]) {
      const answer = `HTTP/1.1 ${status} No\r\ncontent-length: 5\r\n\r\nbytes`;
      await withAnswer(fixture, answer, async (fetch) => {
        const response = await fetch();
        assertEquals([response.status, response.body], [status, null]);
      });
    }
    const answer = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n" +
      "content-length: 5\r\n\r\n";
    await withAnswer(fixture, answer, async (fetch) => {
      const response = await fetch({ method: "HEAD" });
      assertEquals([response.status, response.body], [200, null]);
      assertEquals(response.headers.get("content-length"), "5");
    });
  },
  options,
);

testCase(
  "port-forward fetch: chunks with extensions and trailers",
  async (fixture) => {
    const answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" +
      'trailer: x-sum\r\n\r\n5;a="b"\r\nhello\r\n1 \r\n!\r\n0\r\n' +
      "x-sum: 1\r\n\r\n";
    await withAnswer(fixture, answer, async (fetch) => {
      const response = await fetch();
      assertEquals(await response.text(), "hello!");
      assertEquals(response.headers.get("x-sum"), null);
    });
  },
  options,
);

testCase(
  "port-forward fetch: gzip is decoded unless the caller asks for codings",
  async (fixture) => {
    const plain = pattern(100_000);
    const coded = gzipSync(plain);
    const head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n" +
      `content-length: ${coded.byteLength}\r\n\r\n`;
    const answer = Buffer.concat([Buffer.from(head), coded]);
    const bytes = async (response: Response) =>
      new Uint8Array(await response.arrayBuffer());
    await withAnswer(fixture, answer, async (fetch) => {
      const decoded = await fetch();
      // Bun 1.3 has nothing that decodes it.
      const coding = canGunzip() ? null : "gzip";
      const expected = canGunzip() ? plain : coded;
      assert(sameBytes(await bytes(decoded), expected));
      assertEquals(decoded.headers.get("content-encoding"), coding);
      assertEquals(decoded.headers.has("content-length"), !canGunzip());
      const headers = { "accept-encoding": "gzip" };
      const kept = await fetch({ headers });
      assertEquals(kept.headers.get("content-encoding"), "gzip");
      assert(sameBytes(await bytes(kept), coded));
    });
    await withAnswer(fixture, answer.subarray(0, -20), async (fetch) => {
      const controller = new AbortController();
      const { signal } = controller;
      const response = await fetch({ signal });
      setTimeout(() => controller.abort(), 200);
      await rejection(response.arrayBuffer());
    });
    await withAnswer(fixture, (socket) => {
      socket.end(answer.subarray(0, -20));
    }, async (fetch) => {
      await rejection((await fetch()).arrayBuffer(), ConnectionLostError);
    });
  },
  options,
);

testCase(
  "port-forward fetch: a body ends with the connection, or is cut",
  async (fixture) => {
    const body = pattern(300_000);
    await withAnswer(fixture, (socket) => {
      socket.write("HTTP/1.0 200 OK\r\n\r\n");
      socket.end(body);
    }, async (fetch) => {
      const response = await fetch();
      assert(sameBytes(new Uint8Array(await response.arrayBuffer()), body));
    });
    await withAnswer(fixture, (socket) => {
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
    }, async (fetch) => {
      const reader = (await fetch()).body!.getReader();
      assertEquals(
        new TextDecoder().decode((await reader.read()).value),
        "half",
      );
      await rejection(reader.read(), ConnectionLostError);
    });
  },
  options,
);

testCase(
  "port-forward fetch: a server that speaks no HTTP, or says nothing",
  async (fixture) => {
    await withAnswer(fixture, "220 mail ESMTP\r\n", async (fetch) => {
      await rejection(fetch(), ProtocolError);
    });
    await withAnswer(fixture, "HTTP/2 200\r\n\r\n", async (fetch) => {
      await rejection(fetch(), ProtocolError);
    });
    await withAnswer(fixture, "HTTP/1.1 200 OK\n\nbody", async (fetch) => {
      await rejection(fetch(), ProtocolError);
    });
    await withAnswer(
      fixture,
      `HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}\r\n\r\n`,
      async (fetch) => {
        await rejection(fetch(), ProtocolError);
      },
    );
    await withAnswer(
      fixture,
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      async (fetch) => {
        await rejection(fetch(), ProtocolError);
      },
    );
    await withAnswer(fixture, (socket) => socket.end(), async (fetch) => {
      const error = await rejection(fetch());
      assert(
        error instanceof ConnectError || error instanceof PortForwardError,
        `${error}`,
      );
    });
  },
  options,
);

testCase(
  "port-forward fetch: the answer to a body that is not read to its end",
  async (fixture) => {
    let cancelled: unknown;
    await withAnswer(fixture, (socket) => {
      // No end: Deno 2.5 resets a connection that it ends with unread bytes.
      socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig");
    }, async (fetch) => {
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          controller.enqueue(pattern(50_000));
        },
        cancel(reason) {
          cancelled = reason;
        },
      });
      const init = { method: "POST", body, duplex: "half" };
      const response = await fetch(init as RequestInit);
      assertEquals([response.status, await response.text()], [413, "big"]);
      await eventually(() => cancelled !== undefined);
    });
  },
  options,
);

testCase(
  "port-forward fetch: closing the client ends what is pending",
  async (fixture) => {
    const head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    await withAnswer(fixture, (socket) => {
      socket.write(head);
    }, async (fetch) => {
      const reader = (await fetch()).body!.getReader();
      await reader.read();
      const pending = rejection(reader.read());
      await fixture.client.close();
      assert(await pending instanceof PodwireError);
    });
  },
  options,
);

testCase(
  "port-forward fetch: closing the client ends a call without an answer",
  async (fixture) => {
    let asked = false;
    await withAnswer(fixture, () => {
      asked = true;
    }, async (fetch) => {
      const pending = rejection(fetch());
      await eventually(() => asked);
      await fixture.client.close();
      assert(await pending instanceof PodwireError);
    });
  },
  options,
);

testCase(
  "port-forward fetch: an abort after the whole answer changes nothing",
  async (fixture) => {
    const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    await withAnswer(fixture, answer, async (fetch) => {
      const controller = new AbortController();
      const { signal } = controller;
      const response = await fetch({ signal });
      assertEquals(await response.text(), "ok");
      controller.abort();
      assertEquals(response.status, 200);
      await rejection(fetch({ signal }));
    });
  },
  options,
);

testCase(
  'port-forward fetch: with redirect "error" a redirect is an error',
  async (fixture) => {
    const answer = "HTTP/1.1 302 Found\r\nlocation: /b\r\n" +
      "content-length: 0\r\n\r\n";
    await withAnswer(fixture, answer, async (fetch) => {
      const manual = await fetch({ redirect: "manual" });
      assertEquals(manual.headers.get("location"), "/b");
      await rejection(fetch({ redirect: "error" }), TypeError);
    });
  },
  options,
);
