import { assertEquals } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import {
  dialTarget,
  sendRequest,
} from "../../../src/transport/http_exchange.ts";
import { test } from "../../harness.ts";
import { FakeDuplex } from "../../support/fake_duplex.ts";
import { poolOf } from "../../support/fake_pool.ts";
import { macrotask, rejection } from "../../support/async.ts";

for (
  const framing of [
    "transfer-encoding: gzip",
    "content-length: 2\r\ntransfer-encoding: chunked",
  ]
) {
  test(`an answer with ${framing.replace("\r\n", " and ")} is refused, its socket dropped`, async () => {
    const duplex = new FakeDuplex();
    const response = rejection(
      sendRequest(poolOf(() => Promise.resolve(duplex)), {
        method: "GET",
        url: new URL("http://127.0.0.1/"),
        headers: {},
        body: null,
        tls: {},
        proxy: null,
        signal: new AbortController().signal,
      }),
      ProtocolError,
    );
    await macrotask();
    duplex.receiver.data(encodeText(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`));
    await response;
    assertEquals(duplex.ending, "destroyed");
  });
}

for (const hasRoom of [true, false]) {
  test(`a connection that refused a write is ${hasRoom ? "kept" : "closed"} if it ${hasRoom ? "has" : "lacks"} room at the response`, async () => {
    const duplex = new FakeDuplex();
    duplex.hasRoom = false;
    const pool = poolOf(() => Promise.resolve(duplex));
    const response = sendRequest(pool, {
      method: "GET",
      url: new URL("http://127.0.0.1/"),
      headers: {},
      body: null,
      tls: {},
      proxy: null,
      signal: new AbortController().signal,
    });
    await macrotask();
    duplex.hasRoom = hasRoom;
    duplex.receiver.data(encodeText("HTTP/1.1 204 No Content\r\n\r\n"));
    assertEquals((await response).status, 204);
    assertEquals(duplex.ending, hasRoom ? null : "destroyed");
    await macrotask();
    await pool.close();
  });
}

test("an IPv4-mapped address is dialled as IPv4, a name as it is", () => {
  const hosts = {
    "[::ffff:127.0.0.1]": "127.0.0.1",
    "[::1]": "::1",
    "kube.internal.": "kube.internal.",
  };
  for (const [host, hostname] of Object.entries(hosts)) {
    const target = dialTarget({
      url: new URL(`https://${host}:6443/`),
      headers: {},
      tls: {},
      proxy: null,
      signal: new AbortController().signal,
    });
    assertEquals(target.hostname, hostname);
  }
});
