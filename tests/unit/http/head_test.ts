import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes, decodeText, encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import {
  FinalHeadParser,
  RequestHeadParser,
  type ResponseHead,
  ResponseHeadParser,
} from "../../../src/http/head.ts";
import { test } from "../../harness.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

const RESPONSE = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX: y\r\n\r\n";

function parseResponse(text: string) {
  return new ResponseHeadParser().feed(encodeText(text));
}

function parseRequest(text: string) {
  return new RequestHeadParser().feed(encodeText(text));
}

test("a response's head is read, and the rest is a view on the chunk", () => {
  const parser = new ResponseHeadParser();
  const chunk = encodeText(RESPONSE + "{}");
  const head = parser.feed(chunk);
  assertEquals(head?.status, 403);
  assertEquals(head?.statusText, "Forbidden");
  assertEquals([...head!.headers], [["content-length", "2"], ["x", "y"]]);
  assertEquals(decodeText(parser.rest), "{}");
  assertEquals(parser.rest.buffer === chunk.buffer, true);
});

test("a head without headers, or without a reason, is read", () => {
  assertEquals(parseResponse("HTTP/1.0 200 OK\r\n\r\n")?.statusText, "OK");
  assertEquals(parseResponse("HTTP/1.1 200 \r\n\r\n")?.statusText, "");
  assertEquals(parseResponse("HTTP/1.1 200\r\n\r\n")?.status, 200);
});

test("an interim response is a head of its own", () => {
  const parser = new ResponseHeadParser();
  const head = parser.feed(
    encodeText("HTTP/1.1 100 Continue\r\n\r\n" + RESPONSE),
  );
  assertEquals(head?.status, 100);
  assertEquals(decodeText(parser.rest), RESPONSE);
});

test("a head may be split anywhere", () => {
  const bytes = encodeText(RESPONSE + "rest");
  for (let at = 0; at <= RESPONSE.length; at++) {
    const parser = new ResponseHeadParser();
    const early = parser.feed(bytes.slice(0, at));
    const head = early ?? parser.feed(bytes.slice(at));
    assertEquals(early === null, at < RESPONSE.length);
    assertEquals(head?.headers.get("x"), "y");
    assertEquals(decodeText(parser.rest), early === null ? "rest" : "");
  }
});

test("random splits of a head yield the same head and rest (200 seeds)", () => {
  for (let seed = 0; seed < 200; seed++) {
    const parser = new ResponseHeadParser();
    const chunks = new SeededRandom(seed).split(
      encodeText(RESPONSE + "rest"),
      9,
    );
    let head = null;
    while (head === null) head = parser.feed(chunks.shift()!);
    assertEquals(head.status, 403);
    const rest = decodeText(concatBytes([parser.rest, ...chunks]));
    assertEquals(rest, "rest");
  }
});

test("a header's bytes beyond ASCII become characters one by one", () => {
  const bytes = encodeText("HTTP/1.1 200 OK\r\nx: ?\r\n\r\n");
  bytes[bytes.indexOf(0x3f)] = 0x80;
  const head = new ResponseHeadParser().feed(bytes);
  assertEquals(head?.headers.get("x"), "\x80");
});

for (
  const text of ["SSH-2.0-OpenSSH_9.6\r\n", "\x15\x03\x01", "h", "HTTP/2", "\r"]
) {
  test(`a server that sends ${JSON.stringify(text)} is refused at once`, () => {
    assertThrows(
      () => parseResponse(text),
      ProtocolError,
      "the server does not speak HTTP",
    );
  });
}

test("the refusal comes at the first wrong byte, however the input is split", () => {
  const parser = new ResponseHeadParser();
  for (const char of "HTTP/") assertEquals(parser.feed(encodeText(char)), null);
  assertThrows(() => parser.feed(encodeText("2")), ProtocolError);
});

for (
  const line of [
    "HTTP/1.2 200 OK",
    "HTTP/1.1  200 OK",
    "HTTP/1.1 20 OK",
    "HTTP/1.1 2000",
    "HTTP/1.1 099 OK",
    "HTTP/1.1 2x0 OK",
    "HTTP/1.1",
    "HTTP/1.1 200 O\0K",
    "HTTP/1.1 200 O\rK",
    "HTTP/1.1 200 OK\r",
    "HTTP/1.1 200 OK\nx: y",
  ]
) {
  test(`the status line ${JSON.stringify(line)} is refused`, () => {
    assertThrows(() => parseResponse(`${line}\r\n\r\n`), ProtocolError);
  });
}

test("a malformed header is refused", () => {
  assertThrows(
    () => parseResponse("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
    ProtocolError,
    "a header is malformed",
  );
});

test("a head may be 64 KiB and no longer", () => {
  const around = "HTTP/1.1 200 OK\r\nx: \r\n\r\n".length;
  const head = (size: number) =>
    `HTTP/1.1 200 OK\r\nx: ${"y".repeat(size - around)}\r\n\r\n`;
  assertEquals(parseResponse(head(65536) + "rest")?.status, 200);
  assertThrows(
    () => parseResponse(head(65537)),
    ProtocolError,
    "longer than 65536 bytes",
  );
});

test("a head without an end is refused at its limit", () => {
  const parser = new ResponseHeadParser();
  parser.feed(encodeText("HTTP/1.1 200 OK\r\nx: "));
  const chunk = new Uint8Array(32768).fill(0x79);
  parser.feed(chunk);
  assertThrows(() => parser.feed(chunk), ProtocolError, "longer");
});

test("a request's head is read", () => {
  const parser = new RequestHeadParser();
  const head = parser.feed(
    encodeText("POST /a?b=%20 HTTP/1.1\r\nHost: h\r\n\r\nbody"),
  );
  assertEquals(head?.method, "POST");
  assertEquals(head?.target, "/a?b=%20");
  assertEquals(head?.headers.get("host"), "h");
  assertEquals(decodeText(parser.rest), "body");
});

test("a request may aim at an authority or an absolute URL", () => {
  const authority = parseRequest("CONNECT h:443 HTTP/1.1\r\n\r\n");
  assertEquals(authority?.target, "h:443");
  const absolute = parseRequest("GET http://h/p HTTP/1.1\r\n\r\n");
  assertEquals(absolute?.target, "http://h/p");
});

for (
  const line of [
    "GET /",
    "GET / HTTP/2.0",
    "GET  / HTTP/1.1",
    "GET /a b HTTP/1.1",
    "GET /\u00e9 HTTP/1.1",
    "G(T / HTTP/1.1",
    "GET / HTTP/1.1 ",
  ]
) {
  test(`the request line ${JSON.stringify(line)} is refused`, () => {
    assertThrows(() => parseRequest(`${line}\r\n\r\n`), ProtocolError);
  });
}

test("a TLS client on a plain port is refused at its first byte", () => {
  const parser = new RequestHeadParser();
  assertEquals(parser.feed(new Uint8Array(0)), null);
  assertThrows(
    () => parser.feed(Uint8Array.of(0x16)),
    ProtocolError,
    "the client does not speak HTTP",
  );
});

test("a head whose lines end in LF alone is refused at once, not waited for", () => {
  for (
    const text of [
      "HTTP/1.1 200 OK\ncontent-length: 0\n\n",
      "HTTP/1.1 200 OK\r\na: b\n\n",
    ]
  ) {
    const parser = new ResponseHeadParser();
    assertThrows(() => parser.feed(encodeText(text)), ProtocolError, "LF");
  }
});

test("a final head is found behind interim ones, however they are split", () => {
  const text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n" +
    "link: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody";
  for (let size = 1; size <= text.length; size++) {
    const parser = new FinalHeadParser();
    let head: ResponseHead | null = null;
    let at = 0;
    while (head === null) {
      head = parser.feed(encodeText(text.slice(at, at += size)));
    }
    assertEquals(head.status, 200);
    assertEquals(decodeText(parser.rest), text.slice(text.length - 4, at));
  }
});

test("101 is a final head", () => {
  const head = new FinalHeadParser()
    .feed(encodeText("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  assertEquals(head?.status, 101);
});

test("endless interim responses are a ProtocolError, whatever their size", () => {
  for (const repeat of [1, 3, 1000]) {
    const parser = new FinalHeadParser();
    const chunk = encodeText(
      "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(repeat),
    );
    let length = 0;
    assertThrows(
      () => {
        while (length < 2 ** 20) {
          length += chunk.byteLength;
          parser.feed(chunk);
        }
      },
      ProtocolError,
      "interim responses",
    );
    assert(length < 128 * 1024, `${length} bytes`);
  }
});
