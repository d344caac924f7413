import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes, encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import {
  decodeClosePayload,
  encodeClosePayload,
  isValidCloseCode,
} from "../../../src/websocket/close_frame.ts";
import { test } from "../../harness.ts";

const VALID = [1000, 1001, 1003, 1007, 1014, 3000, 3999, 4000, 4999];
const INVALID = [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535];

test("isValidCloseCode accepts the codes that may be sent, and no others", () => {
  for (const code of VALID) {
    assertEquals(isValidCloseCode(code), true, `${code}`);
  }
  for (const code of [...INVALID, -1, 1000.5, 3000.5, NaN]) {
    assertEquals(isValidCloseCode(code), false, `${code}`);
  }
});

test("a code and a reason come back as they were", () => {
  for (const code of VALID) {
    for (const reason of ["", "done", "é€😀", "\ufeffBOM"]) {
      const payload = encodeClosePayload(code, reason);
      assertEquals(decodeClosePayload(payload), { code, reason });
    }
  }
});

test("the code is big-endian and the reason UTF-8", () => {
  assertEquals(
    encodeClosePayload(1000, "é"),
    Uint8Array.of(0x03, 0xe8, 0xc3, 0xa9),
  );
});

test("without a code the payload is empty, and reads as 1005", () => {
  assertEquals(encodeClosePayload().byteLength, 0);
  assertEquals(decodeClosePayload(new Uint8Array(0)), {
    code: 1005,
    reason: "",
  });
});

test("a reason without a code is refused", () => {
  assertThrows(() => encodeClosePayload(undefined, "why"), RangeError);
});

test("a reason may be 123 bytes of UTF-8 and no more", () => {
  assertEquals(encodeClosePayload(1000, "x".repeat(123)).byteLength, 125);
  assertThrows(
    () => encodeClosePayload(1000, "x".repeat(124)),
    RangeError,
    "longer than 123 bytes",
  );
  assertThrows(() => encodeClosePayload(1000, "é".repeat(62)), RangeError);
});

for (const code of INVALID) {
  test(`close code ${code} is neither sent nor accepted`, () => {
    assertThrows(() => encodeClosePayload(code), RangeError, `${code}`);
    const payload = Uint8Array.of(code >> 8, code & 255);
    assertThrows(
      () => decodeClosePayload(payload),
      ProtocolError,
      `code ${code} may not be sent`,
    );
  });
}

test("a payload of one byte is refused", () => {
  assertThrows(
    () => decodeClosePayload(Uint8Array.of(3)),
    ProtocolError,
    "cut off",
  );
});

test("a reason that is not UTF-8 is refused", () => {
  const euro = encodeText("€");
  for (const bytes of [euro.subarray(0, 2), Uint8Array.of(0xff)]) {
    assertThrows(
      () => decodeClosePayload(concatBytes([encodeClosePayload(1000), bytes])),
      ProtocolError,
      "not UTF-8",
    );
  }
});
