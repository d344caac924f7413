import { assertEquals } from "@std/assert";
import { constants, deflateRawSync } from "node:zlib";
import { HeaderBlockWriter } from "../../../src/spdy/header_block.ts";
import { HeaderBlockReader } from "../../../src/testing/port_forward/header_block_reader.ts";
import { Inflater } from "../../../src/testing/port_forward/inflate.ts";
import { fuzz, mutate, outcome } from "./fuzz.ts";

const NOTHING = new Uint8Array();

fuzz("header blocks of any bytes are headers or a RangeError", (seeded) => {
  const headers = { streamtype: "data", port: "80", requestid: "0" };
  const block = new HeaderBlockWriter().encode(headers);
  const bytes = seeded.below(2) === 0
    ? mutate(seeded, block)
    : seeded.bytes(seeded.below(60));
  outcome(RangeError, () => new HeaderBlockReader().read(bytes));
});

fuzz("what zlib deflates is inflated to the same bytes", (seeded) => {
  const inflater = new Inflater(NOTHING);
  for (let parts = 1 + seeded.below(3); parts > 0; parts--) {
    const alphabet = 1 + seeded.below(256);
    const bytes = Uint8Array.from(
      { length: seeded.below(400) },
      () => seeded.below(alphabet),
    );
    const part = deflateRawSync(bytes, {
      level: seeded.below(10),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    assertEquals(inflater.inflate(new Uint8Array(part)), bytes);
  }
});
