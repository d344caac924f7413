import { assertEquals, assertThrows } from "@std/assert";
import { constants, deflateRawSync } from "node:zlib";
import { concatBytes, encodeText } from "../../../../src/bytes.ts";
import { HeaderBlockWriter } from "../../../../src/spdy/header_block.ts";
import { HeaderBlockReader } from "../../../../src/testing/port_forward/header_block_reader.ts";
import { Inflater } from "../../../../src/testing/port_forward/inflate.ts";
import { SPDY_DICTIONARY } from "../../../../src/testing/port_forward/spdy_dictionary.ts";
import { test } from "../../../harness.ts";
import { pattern } from "../../../support/bytes.ts";

/** The first header blocks of a connection of kubectl's SPDY library. */
const BLOCKS = [
  "78f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45e01c60616061c0c0" +
  "c0c0590489c64c50f2663400000000ffff",
  "c2aa19540e2512d60b000000ffff",
  "a2c4624300000000ffff",
];

function fromHex(text: string) {
  return Uint8Array.from(text.match(/../g)!, (byte) => parseInt(byte, 16));
}

test("reads the compressed header blocks of Go's library", () => {
  const reader = new HeaderBlockReader();
  const read = BLOCKS.map((block) => [...reader.read(fromHex(block))].sort());
  assertEquals(
    read,
    [["error", "0"], ["data", "0"], ["error", "1"]].map((
      [type, request],
    ) => [["port", "8080"], ["requestid", request], ["streamtype", type]]),
  );
});

test("reads the header blocks of the client", () => {
  const [reader, writer] = [new HeaderBlockReader(), new HeaderBlockWriter()];
  for (const port of ["1", "65535", "1"]) {
    const headers = { streamtype: "data", port };
    const block = writer.encode(headers);
    assertEquals(Object.fromEntries(reader.read(block)), headers);
  }
});

test("inflates every kind of block, across parts", () => {
  const inflater = new Inflater(SPDY_DICTIONARY);
  const repeated = encodeText("port-forward ".repeat(500));
  const few = Uint8Array.from(pattern(5_000), (byte) => byte & 7);
  for (const bytes of [repeated, few, pattern(2_000), new Uint8Array(1)]) {
    for (const level of [0, 1, 9]) {
      for (const strategy of [0, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY]) {
        const finishFlush = constants.Z_SYNC_FLUSH;
        const part = deflateRawSync(bytes, { level, strategy, finishFlush });
        assertEquals(inflater.inflate(new Uint8Array(part)), bytes);
      }
    }
  }
});

test("refuses what is malformed, incomplete or too long", () => {
  const inflate = (bytes: Uint8Array<ArrayBuffer>) =>
    assertThrows(
      () => new Inflater(SPDY_DICTIONARY).inflate(bytes),
      RangeError,
    );
  inflate(Uint8Array.of(0x06));
  inflate(Uint8Array.of(0, 1, 0, 0, 0));
  inflate(Uint8Array.of(0, 2, 0, 0xfd, 0xff, 1));
  const part = deflateRawSync(new Uint8Array(100_000));
  inflate(new Uint8Array(part));
  const long = new HeaderBlockWriter().encode({ a: "b" });
  const view = new DataView(long.buffer);
  view.setUint32(6 + 5 + 4, 1_000);
  assertThrows(() => new HeaderBlockReader().read(long), RangeError);
  assertThrows(
    () => new HeaderBlockReader().read(concatBytes([])),
    RangeError,
  );
});
