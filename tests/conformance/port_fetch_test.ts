import { assert, assertEquals } from "@std/assert";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  CallTimeoutError,
  PortForwardError,
  SessionEndedError,
} from "../../src/errors.ts";
import { eventually, rejection } from "../support/async.ts";
import { pattern, sameBytes } from "../support/bytes.ts";
import { closedPort, startByteServer } from "../support/byte_server.ts";
import { Sockets } from "../support/sockets.ts";
import { sumOf } from "../support/tcp_peers.ts";
import { testCase } from "./fixture.ts";

const options = { needs: ["local ports"] } as const;

/** Runs `body` with an HTTP server in the pod. */
async function withHttp(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(handle);
  const sockets = new Sockets();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: "127.0.0.1" }, resolve)
  );
  const { port } = server.address() as AddressInfo;
  try {
    await body(`http://web.test:${port}`);
  } finally {
    await sockets.close(server as never);
  }
}

/** Everything that a request's body has. */
async function bodyOf(
  request: IncomingMessage,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const { headers } = request;
  // Deno 2.5 waits for the end of a body that is not there.
  const hasBody = "content-length" in headers || "transfer-encoding" in headers;
  if (!hasBody) return new Uint8Array();
  for await (const chunk of request) chunks.push(chunk);
  return new Uint8Array(await new Blob(chunks as never).arrayBuffer());
}

testCase(
  "port-forward fetch: method, headers and body there, status, headers and body back",
  async (fixture) => {
    await withHttp(async (request, response) => {
      const { method, url, headers } = request;
      const sum = await sumOf(await bodyOf(request));
      response.writeHead(201, {
        "x-answer": "yes",
        "set-cookie": ["a=1", "b=2"],
      });
      response.end(JSON.stringify({
        method,
        url,
        host: headers.host,
        type: headers["content-type"] ?? null,
        mine: headers["x-mine"] ?? null,
        length: headers["content-length"] ?? null,
        sum,
      }));
    }, async (url) => {
      const name = await fixture.pod();
      const { portForward } = fixture.pods;
      const body = pattern(200_000);
      const response = await portForward.fetch(name, `${url}/a?b=c`, {
        method: "PUT",
        headers: { "x-mine": "1", "content-type": "text/x" },
        body,
      });
      assertEquals(response.status, 201);
      assertEquals(response.headers.get("x-answer"), "yes");
      assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
      assertEquals(await response.json(), {
        method: "PUT",
        url: "/a?b=c",
        host: new URL(url).host,
        type: "text/x",
        mine: "1",
        length: `${body.byteLength}`,
        sum: await sumOf(body),
      });
      const got = await (await portForward.fetch(name, url)).json();
      assertEquals([got.method, got.url, got.length], ["GET", "/", null]);
      const empty = await portForward.fetch(name, url, { method: "POST" });
      assertEquals((await empty.json()).length, "0");
      const text = await portForward.fetch(name, url, {
        method: "POST",
        body: new URLSearchParams({ a: "b" }),
      });
      assertEquals(
        (await text.json()).type,
        "application/x-www-form-urlencoded;charset=UTF-8",
      );
    });
  },
  options,
);

testCase(
  "port-forward fetch: bodies are streamed both ways",
  async (fixture) => {
    const download = pattern(2_000_000);
    let sum = "";
    await withHttp(async (request, response) => {
      assertEquals(request.headers["transfer-encoding"], "chunked");
      sum = await sumOf(await bodyOf(request));
      response.write(download.subarray(0, 1_000_000));
      response.end(download.subarray(1_000_000));
    }, async (url) => {
      const name = await fixture.pod();
      const upload = pattern(1_000_000, 2);
      let at = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(upload.subarray(at, at += 70_001));
          if (at >= upload.length) controller.close();
        },
      });
      const init = { method: "POST", body };
      const response = await fixture.pods.portForward.fetch(name, url, init);
      const received = new Uint8Array(await response.arrayBuffer());
      assert(sameBytes(received, download));
      assertEquals(sum, await sumOf(upload));
    });
  },
  options,
);

testCase(
  "port-forward fetch: redirects, and statuses without a body",
  async (fixture) => {
    await withHttp((request, response) => {
      const status = Number(request.url!.slice(1));
      response.writeHead(status, { location: "/elsewhere" });
      response.end();
    }, async (url) => {
      const name = await fixture.pod();
      for (const status of [204, 302, 304, 404]) {
        const response = await fixture.pods.portForward.fetch(
          name,
          `${url}/${status}`,
        );
        assertEquals(response.status, status);
        assertEquals(response.headers.get("location"), "/elsewhere");
        assertEquals(await response.text(), "");
      }
      const head = await fixture.pods.portForward.fetch(name, `${url}/200`, {
        method: "HEAD",
      });
      assertEquals([head.status, await head.text()], [200, ""]);
    });
  },
  options,
);

testCase(
  "port-forward fetch: a refused port is PortForwardError",
  async (fixture) => {
    const port = await closedPort();
    const name = await fixture.pod();
    const error = await rejection(
      fixture.pods.portForward.fetch(name, `http://web:${port}/`),
      PortForwardError,
    );
    assertEquals([error.port, error.reason], [port, "Unreachable"]);
  },
  options,
);

testCase(
  "port-forward fetch: an abort before the head, and in the body, and a close",
  async (fixture) => {
    let open = 0;
    const peer = await startByteServer((socket) => {
      open++;
      socket.once("close", () => open--);
      socket.once("data", (chunk: Uint8Array) => {
        if (!`${chunk}`.includes("/body")) return;
        const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        socket.write(`${head}5\r\nbegun\r\n`);
      });
    });
    const url = `http://web.test:${peer.port}`;
    try {
      const name = await fixture.pod();
      const { portForward } = fixture.pods;
      const reason = new Error("enough");
      const first = new AbortController();
      const pending = portForward.fetch(name, url, { signal: first.signal });
      setTimeout(() => first.abort(reason), 100);
      assertEquals(await rejection(pending), reason);
      const second = new AbortController();
      const response = await portForward.fetch(name, `${url}/body`, {
        signal: second.signal,
      });
      const reader = response.body!.getReader();
      await reader.read();
      second.abort(reason);
      assertEquals(await rejection(reader.read()), reason);
      await rejection(
        portForward.fetch(name, url, { timeout: 200 }),
        CallTimeoutError,
      );
      const cancelled = await portForward.fetch(name, `${url}/body`);
      await cancelled.body!.cancel();
      const last = await portForward.fetch(name, `${url}/body`);
      const rest = last.text();
      rest.catch(() => {});
      await fixture.client.close();
      await rejection(rest, SessionEndedError);
      await eventually(() => open === 0);
    } finally {
      await peer.close();
    }
  },
  options,
);

testCase(
  "port-forward fetch: a source that fails is the call's error",
  async (fixture) => {
    await withHttp((request) => request.resume(), async (url) => {
      const name = await fixture.pod();
      const reason = new Error("no more");
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(pattern(10)),
        pull: () => {
          throw reason;
        },
      });
      const init = { method: "POST", body };
      const failed = fixture.pods.portForward.fetch(name, url, init);
      assertEquals(await rejection(failed), reason);
    });
  },
  options,
);

testCase(
  "port-forward fetch: what it cannot do is refused",
  async ({ pods }) => {
    const { portForward } = pods;
    for (const url of ["web", "ftp://web/", "http://user:pw@web/"]) {
      await rejection(portForward.fetch("web-0", url), TypeError);
    }
    const body = new ReadableStream();
    await rejection(
      portForward.fetch("web-0", "http://web/", { body }),
      TypeError,
    );
    await rejection(portForward.fetch("web-0", "http://web:0/"), TypeError);
  },
  options,
);
