import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { decodeText } from "../../../src/bytes.ts";
import {
  encodeRequestHead,
  encodeResponseHead,
} from "../../../src/http/head_encoder.ts";
import {
  RequestHeadParser,
  ResponseHeadParser,
} from "../../../src/http/head.ts";
import { test } from "../../harness.ts";

test("what encodeRequestHead wrote is read back", () => {
  const bytes = encodeRequestHead("GET", "/p?q=%C3%A9", { x: "\xe9", y: "" });
  assertEquals(bytes.includes(0xe9), true);
  const head = new RequestHeadParser().feed(bytes);
  assertEquals([head?.method, head?.target], ["GET", "/p?q=%C3%A9"]);
  assertEquals([...head!.headers], [["x", "\xe9"], ["y", ""]]);
});

test("what encodeResponseHead wrote is read back", () => {
  const bytes = encodeResponseHead(404, "Not Found", { "content-length": "0" });
  assertEquals(
    decodeText(bytes),
    "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
  );
  assertEquals(new ResponseHeadParser().feed(bytes)?.status, 404);
});

test("a method or target that would break the request line is refused", () => {
  for (const method of ["", "GE T", "GET\r\n"]) {
    assertThrows(() => encodeRequestHead(method, "/", {}), TypeError, "method");
  }
  for (const target of ["", "/a b", "/\r\nx: y", "/secret€"]) {
    const error = assertThrows(
      () => encodeRequestHead("GET", target, {}),
      TypeError,
      "target",
    );
    assertFalse(error.message.includes("secret"));
  }
});

test("a status or reason that would break the status line is refused", () => {
  for (const status of [0, 99, 1000, 200.5, NaN]) {
    assertThrows(() => encodeResponseHead(status, "", {}), TypeError);
  }
  for (const reason of ["a\r\nb: c", "\0", "€"]) {
    assertThrows(() => encodeResponseHead(200, reason, {}), TypeError);
  }
});
