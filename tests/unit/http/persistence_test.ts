import { assertEquals } from "@std/assert";
import type { ResponseHead } from "../../../src/http/head.ts";
import {
  isRepeatable,
  keepAliveTimeout,
  keepsConnection,
} from "../../../src/http/persistence.ts";
import { test } from "../../harness.ts";

function head(
  connection: string | null,
  changes: Partial<ResponseHead> = {},
): ResponseHead {
  const headers = new Headers(connection === null ? {} : { connection });
  return { version: "1.1", status: 200, statusText: "OK", headers, ...changes };
}

test("an HTTP/1.1 connection is kept unless the server says close", () => {
  const kept = [null, "", "keep-alive", "closed", "x-close, foo"];
  for (const field of kept) assertEquals(keepsConnection(head(field)), true);
  const closed = ["close", "Close", "foo, CLOSE ,bar", "keep-alive,close"];
  for (const field of closed) {
    assertEquals(keepsConnection(head(field)), false);
  }
});

test("no connection is kept for HTTP/1.0 or after a switch of protocols", () => {
  for (const field of [null, "keep-alive"]) {
    assertEquals(keepsConnection(head(field, { version: "1.0" })), false);
    assertEquals(keepsConnection(head(field, { status: 101 })), false);
  }
});

test("the time of a Keep-Alive header", () => {
  const times: [string, number][] = [
    ["timeout=5", 5_000],
    ["timeout=5, max=100", 5_000],
    ["max=100,Timeout=60", 60_000],
    ['timeout = "7"', 7_000],
    ["timeout=0", 0],
    ["max=100", Infinity],
    ["xtimeout=5", Infinity],
    ["timeout=x", Infinity],
    ["", Infinity],
  ];
  for (const [field, time] of times) {
    const headers = new Headers({ "keep-alive": field });
    assertEquals(keepAliveTimeout(headers), time, field);
  }
  assertEquals(keepAliveTimeout(new Headers()), Infinity);
});

test("only safe methods may be repeated", () => {
  const safe = ["GET", "HEAD", "OPTIONS", "TRACE"];
  for (const method of safe) assertEquals(isRepeatable(method), true);
  const others = ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "get"];
  for (const method of others) assertEquals(isRepeatable(method), false);
});
