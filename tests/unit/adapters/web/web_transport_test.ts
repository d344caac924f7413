import { assert, assertEquals, assertRejects } from "@std/assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { webTransport } from "../../../../src/adapters/web/mod.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import { Recorder } from "../../../conformance/transport/recorder.ts";
import { withServer } from "../../../conformance/transport/fixtures.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { collectGarbage } from "../../../support/garbage.ts";

test("a factory may make the WebSocket", async () => {
  const made: string[][] = [];
  const transport = webTransport({
    webSocket: (url, protocols) => {
      made.push([url, ...protocols]);
      return new WebSocket(url, protocols);
    },
  });
  await withServer("plain", async (exchange) => {
    const socket = await exchange.upgrade();
    socket.open({ message: (message) => socket.send(message) });
  }, async (fixture) => {
    const connection = await transport.connect(fixture.upgrade());
    const recorder = Recorder.of(connection);
    connection.send([Uint8Array.of(1, 2)]);
    await recorder.until(() => recorder.received === 2);
    connection.close();
    await connection.released;
    const address = fixture.server.url.replace("http:", "ws:");
    assertEquals(made, [
      [`${address}/`, "v5.channel.k8s.io", "v4.channel.k8s.io"],
    ]);
  });
});

test("a class of one's own may be the WebSocket", async () => {
  let made = 0;
  class Counted extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      made++;
    }
  }
  const transport = webTransport({ webSocket: Counted });
  await withServer("plain", async (exchange) => {
    (await exchange.upgrade()).open({});
  }, async (fixture) => {
    const connection = await transport.connect(fixture.upgrade());
    connection.close();
    await connection.released;
    assertEquals(made, 1);
  });
});

test("an abort ends a body whose Response was collected", async () => {
  const server = createServer((_, response) => void response.write("first"));
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  const { port } = server.address() as AddressInfo;
  const abort = new AbortController();
  try {
    const { body } = await webTransport().request({
      method: "GET",
      url: new URL(`http://127.0.0.1:${port}`),
      headers: {},
      body: null,
      tls: {},
      proxy: null,
      signal: abort.signal,
    });
    const reader = body.getReader();
    await reader.read();
    const next = rejection(reader.read());
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    // A stack that is scanned conservatively may hold some of them.
    for (let count = 0; count < 100; count++) registry.register({}, null);
    await collectGarbage(() => collected > 50);
    assert(collected > 50);
    abort.abort(new Error("enough"));
    await next;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test("a fetch of one's own may send the requests", async () => {
  let asked = "";
  const transport = webTransport({
    fetch: (input) => {
      asked = String(input);
      return Promise.resolve(new Response("canned", { status: 418 }));
    },
  });
  const response = await transport.request({
    method: "GET",
    url: new URL("https://server.invalid/path"),
    headers: {},
    body: null,
    tls: {},
    proxy: null,
    signal: new AbortController().signal,
  });
  assertEquals(response.status, 418);
  assertEquals(await new Response(response.body).text(), "canned");
  assertEquals(asked, "https://server.invalid/path");
});

test("credentials other than a bearer token cannot be sent", async () => {
  await withServer("plain", () => {}, async (fixture) => {
    const authorization = "Basic dXNlcjpwYXNz";
    const request = fixture.upgrade({ headers: { authorization } });
    await assertRejects(
      () => webTransport().connect(request),
      ConfigurationError,
      'Cannot send the header "authorization"',
    );
    assertEquals(fixture.server.connections, 0);
  });
});
