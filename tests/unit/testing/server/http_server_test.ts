import { assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { isModernDeno } from "../../../../src/platform/runtime.ts";
import { type Bytes, decodeText, encodeText } from "../../../../src/bytes.ts";
import { createCertificateAuthority } from "../../../../src/testing/certificates/certificates.ts";
import { startHttpServer } from "../../../../src/testing/server/http_server.ts";
import { FrameReader } from "../../../../src/websocket/frame_reader.ts";
import {
  encodeControl,
  encodeMessage,
} from "../../../../src/websocket/frame_writer.ts";
import { OPCODE } from "../../../../src/websocket/frame.ts";
import { runtime, test } from "../../../harness.ts";

const UPGRADE = "GET /ws HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\n" +
  "upgrade: websocket\r\nsec-websocket-version: 13\r\n" +
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
  "sec-websocket-protocol: a, b\r\n\r\n";

/** Sends `chunks` and returns all bytes until the connection ends. */
function talk(
  socket: Socket,
  ...chunks: (string | Uint8Array)[]
): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const received: Uint8Array[] = [];
    socket.on("data", (chunk: Uint8Array) => received.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(new Uint8Array(Buffer.concat(received))));
    for (const chunk of chunks) socket.write(chunk);
  });
}

function dial(port: number): Socket {
  return connectTcp({ port, host: "127.0.0.1" });
}

/** The events in the bytes after the response's head. */
function framesOf(answer: Bytes): string[] {
  const text = new TextDecoder("latin1").decode(answer);
  const reader = new FrameReader("client");
  reader.feed(answer.slice(text.indexOf("\r\n\r\n") + 4));
  const events: string[] = [];
  for (let event = reader.next(); event !== null; event = reader.next()) {
    if (event.type === "data") events.push(`data ${decodeText(event.part)}`);
    else if (event.type === "close") events.push(`close ${event.code}`);
    else events.push(`${event.type} ${decodeText(event.payload)}`);
  }
  return events;
}

test("the HTTP server serves the requests of one connection in order, with bodies", async () => {
  const server = await startHttpServer({
    handle(exchange) {
      const { method, url, body } = exchange.request;
      exchange.respond(
        200,
        {},
        `${method} ${url.pathname}${url.search} ${decodeText(body)}`,
      );
    },
  });
  const answer = decodeText(
    await talk(
      dial(server.port),
      "POST /one HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc" +
        "GET /two?q HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ),
  );
  await server.close();
  assertStringIncludes(answer, "\r\n\r\nPOST /one abcHTTP/1.1 200 OK\r\n");
  assertEquals(answer.endsWith("\r\n\r\nGET /two?q "), true, answer);
});

/** Bun 1.3 and Deno 2.5 have no half-close: a client's end is that of its reading. */
const halfCloses = runtime === "deno"
  ? isModernDeno()
  : runtime === "node" || "pause" in WebSocket.prototype;

if (halfCloses) {
  test("the HTTP server completes its response to a client that has half-closed", async () => {
    const body = new Uint8Array(10_000_000);
    const server = await startHttpServer({
      handle: (exchange) => exchange.respond(200, {}, body),
    });
    const socket = dial(server.port);
    socket.once("data", () => socket.end());
    const answer = talk(socket, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    const { byteLength } = await answer;
    await server.close();
    assertEquals(byteLength > body.byteLength, true, `${byteLength} bytes`);
  });
}

test("the HTTP server streams a chunked body", async () => {
  const server = await startHttpServer({
    async handle(exchange) {
      const body = exchange.stream(200);
      body.write("hello ");
      await body.drained();
      body.write("world");
      body.end();
    },
  });
  const response = await fetch(server.url);
  assertEquals(await response.text(), "hello world");
  await server.close();
});

test("the HTTP server turns a handler's error into a 500", async () => {
  const server = await startHttpServer({
    handle() {
      throw new Error("broken handler");
    },
  });
  const response = await fetch(server.url);
  assertEquals(response.status, 500);
  assertStringIncludes(await response.text(), "broken handler");
  await server.close();
});

test("the HTTP server upgrades, echoes, and responds to pings and the client's Close", async () => {
  const server = await startHttpServer({
    async handle(exchange) {
      assertEquals(exchange.offeredProtocols, ["a", "b"]);
      const socket = await exchange.upgrade({ protocol: "b" });
      socket.open({ message: (message) => void socket.send(message) });
    },
  });
  const answer = await talk(
    dial(server.port),
    UPGRADE,
    encodeMessage([encodeText("hel"), encodeText("lo")], "client"),
    encodeControl(OPCODE.ping, encodeText("p"), "client"),
    encodeControl(OPCODE.close, new Uint8Array([3, 232]), "client"),
  );
  await server.close();
  const head = decodeText(answer.slice(0, 200));
  assertStringIncludes(head, "HTTP/1.1 101 ");
  assertStringIncludes(head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  assertStringIncludes(head, "sec-websocket-protocol: b\r\n");
  assertEquals(framesOf(answer), ["data hello", "pong p", "close 1000"]);
});

test("the HTTP server's own close sends a Close frame and ends TCP without waiting", async () => {
  const server = await startHttpServer({
    async handle(exchange) {
      const socket = await exchange.upgrade();
      socket.send(encodeText("last words"));
      socket.close(1000);
    },
  });
  const answer = await talk(dial(server.port), UPGRADE);
  await server.close();
  assertEquals(framesOf(answer), ["data last words", "close 1000"]);
});

test("a server WebSocket responds to nothing while it is paused", async () => {
  const resumed = Promise.withResolvers<void>();
  const server = await startHttpServer({
    async handle(exchange) {
      const socket = await exchange.upgrade();
      await resumed.promise;
      socket.send(encodeText("before the pong"));
      socket.open({});
    },
  });
  const answer = talk(
    dial(server.port),
    UPGRADE,
    encodeControl(OPCODE.ping, encodeText("p"), "client"),
    encodeControl(OPCODE.close, new Uint8Array(), "client"),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  resumed.resolve();
  assertEquals(framesOf(await answer), [
    "data before the pong",
    "pong p",
    "close 1005",
  ]);
  await server.close();
});

test("responses without a body keep their TLS connection", async () => {
  const authority = await createCertificateAuthority();
  const server = await startHttpServer({
    tls: await authority.issueServer(),
    handle(exchange) {
      const { pathname } = exchange.request.url;
      if (pathname === "/chunked") exchange.stream(200).end();
      else exchange.respond(200, {}, new Uint8Array());
    },
  });
  const socket = connectTls({
    port: server.port,
    host: "127.0.0.1",
    servername: "localhost",
    ca: authority.certificate,
  });
  const paths = ["/chunked", "/whole", "/whole", "/last"];
  // Each waits for the answer before it: answers in a row are written at once.
  const next = (): void => {
    const path = paths.shift();
    const close = path === "/last" ? "connection: close\r\n" : "";
    if (path !== undefined) {
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n${close}\r\n`);
    }
  };
  socket.on("data", (bytes: Uint8Array) => {
    const text = decodeText(bytes);
    if (text.includes("0\r\n\r\n")) next();
  });
  const answer = talk(socket);
  next();
  const heads = decodeText(await answer).split("HTTP/1.1 200 OK").length - 1;
  await server.close();
  assertEquals(heads, 4);
});

test("the HTTP server serves TLS with its certificate's names", async () => {
  const authority = await createCertificateAuthority();
  const server = await startHttpServer({
    tls: await authority.issueServer(),
    handle: (exchange) => exchange.respond(200, {}, "secret"),
  });
  const socket = connectTls({
    port: server.port,
    host: "127.0.0.1",
    servername: "localhost",
    ca: authority.certificate,
  });
  const answer = await talk(
    socket,
    "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
  );
  assertStringIncludes(decodeText(answer), "secret");
  await server.close();
});

test("closing the HTTP server closes open connections", async () => {
  const asked = Promise.withResolvers<void>();
  const server = await startHttpServer({ handle: () => asked.resolve() });
  const socket = dial(server.port);
  const closed = talk(socket, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await asked.promise;
  assertEquals(server.connections, 1);
  await server.close();
  assertEquals((await closed).byteLength, 0);
  assertEquals(server.connections, 0);
});
