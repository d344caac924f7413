import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../src/errors.ts";
import { requestFraming, responseFraming } from "../../../src/http/body.ts";
import { test } from "../../harness.ts";

function response(
  headers: Record<string, string>,
  status = 200,
  method = "GET",
) {
  const head = {
    version: "1.1",
    status,
    statusText: "",
    headers: new Headers(headers),
  } as const;
  return responseFraming(head, method);
}

function request(headers: Record<string, string>) {
  const head = { method: "POST", target: "/", headers: new Headers(headers) };
  return requestFraming(head);
}

const NONE = { kind: "length", length: 0 } as const;

test("a declared length ends a body", () => {
  const framing = { kind: "length", length: 12 } as const;
  assertEquals(response({ "content-length": "12" }), framing);
  assertEquals(request({ "content-length": "12" }), framing);
});

test("a length that was sent twice alike is good", () => {
  assertEquals(response({ "content-length": "5, 5" }).kind, "length");
});

test("the chunked coding ends a body, in any case", () => {
  for (const coding of ["chunked", "Chunked"]) {
    assertEquals(response({ "transfer-encoding": coding }).kind, "chunked");
    assertEquals(request({ "transfer-encoding": coding }).kind, "chunked");
  }
});

test("without either, a response lasts until the close and a request is empty", () => {
  assertEquals(response({}), { kind: "until-close" });
  assertEquals(request({}), NONE);
});

test("some responses have no body whatever their headers declare", () => {
  const headers = { "content-length": "12" };
  for (const status of [100, 101, 204, 304]) {
    assertEquals(response(headers, status), NONE);
  }
  assertEquals(response(headers, 200, "HEAD"), NONE);
  assertEquals(response(headers, 200, "CONNECT"), NONE);
  assertEquals(response({ "transfer-encoding": "chunked" }, 204), NONE);
});

test("a refused CONNECT has a body", () => {
  const framing = response({ "content-length": "12" }, 407, "CONNECT");
  assertEquals(framing, { kind: "length", length: 12 });
});

for (
  const length of [
    "",
    "x",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x1",
    "5, 6",
    "5,",
    "9007199254740992",
  ]
) {
  test(`the content length ${JSON.stringify(length)} is invalid`, () => {
    const headers = { "content-length": length };
    assertThrows(() => response(headers), ProtocolError, "content length");
    assertThrows(() => request(headers), ProtocolError, "content length");
  });
}

for (const coding of ["gzip", "gzip, chunked", "chunked, chunked", ""]) {
  test(`the transfer coding ${JSON.stringify(coding)} is not known`, () => {
    const headers = { "transfer-encoding": coding };
    assertThrows(() => response(headers), ProtocolError, "transfer coding");
    assertThrows(() => request(headers), ProtocolError, "transfer coding");
  });
}

test("a length beside a transfer coding is refused", () => {
  const headers = { "content-length": "1", "transfer-encoding": "chunked" };
  assertThrows(() => response(headers), ProtocolError, "a length and a");
  assertThrows(() => request(headers), ProtocolError, "a length and a");
});
