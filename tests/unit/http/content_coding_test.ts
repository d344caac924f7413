import { assertEquals } from "@std/assert";
import {
  decodedHeaders,
  isGzip,
  takesGzip,
} from "../../../src/http/content_coding.ts";
import { test } from "../../harness.ts";

test("gzip is asked for unless the caller names codings, a range or HEAD", () => {
  assertEquals(takesGzip("GET", {}), true);
  assertEquals(takesGzip("POST", { accept: "application/json" }), true);
  assertEquals(takesGzip("HEAD", {}), false);
  assertEquals(takesGzip("GET", { "accept-encoding": "identity" }), false);
  assertEquals(takesGzip("GET", { "Accept-Encoding": "br" }), false);
  assertEquals(takesGzip("GET", { range: "bytes=0-1" }), false);
});

test("gzip is recognized by both of its names, and only alone", () => {
  for (const coding of ["gzip", "GZip", "x-gzip", " gzip "]) {
    assertEquals(isGzip(new Headers({ "content-encoding": coding })), true);
  }
  for (const coding of ["", "br", "gzip, gzip", "br, gzip", "gzip, identity"]) {
    assertEquals(isGzip(new Headers({ "content-encoding": coding })), false);
  }
  assertEquals(isGzip(new Headers()), false);
});

test("a decoded response does not describe its coded form", () => {
  const headers = new Headers({
    "content-encoding": "gzip",
    "content-length": "9",
    "content-type": "application/json",
  });
  assertEquals([...decodedHeaders(headers)], [[
    "content-type",
    "application/json",
  ]]);
  assertEquals(headers.get("content-length"), "9");
});
