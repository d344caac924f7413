import { assert, assertEquals } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { rawControl, rawData, readAll } from "../../unit/spdy/spdy_frames.ts";
import { damaged, fuzz } from "./fuzz.ts";

/** Frames that are valid or nearly so, so that a reader gets past the first. */
function frames(seeded: SeededRandom): Uint8Array<ArrayBuffer> {
  const list = Array.from({ length: 1 + seeded.below(6) }, () => {
    const stream = seeded.pick([1, 3, 3, 3, seeded.below(256)]);
    const rest = seeded.bytes(seeded.pick([0, 0, 4, 6, 8, 20, 300]));
    if (seeded.below(2) === 0) {
      return rawData(stream, rest, seeded.below(4) === 0);
    }
    return rawControl({
      version: seeded.below(20) === 0 ? seeded.below(8) : 3,
      type: seeded.pick([1, 2, 3, 4, 6, 7, 8, 9, seeded.below(300)]),
      flags: seeded.pick([0, 1, seeded.below(256)]),
      body: [0, 0, 0, stream, ...rest],
    });
  });
  return concatBytes(list);
}

fuzz(
  "any SPDY frames are told or a ProtocolError, the same however they are split",
  (seeded) => {
    const role = seeded.pick(["client", "server"] as const);
    const bytes = damaged(seeded, frames);
    const whole = readAll(role, [new Uint8Array(bytes)]);
    const largest = seeded.pick([1, 2, 7, 64]);
    assertEquals(readAll(role, seeded.split(bytes, largest)), whole);
    // No more is told than was read.
    let told = 0;
    for (const event of whole) {
      if ("data" in event) told += event.data.byteLength;
      if ("headerBlock" in event) told += event.headerBlock.byteLength;
    }
    assert(told <= bytes.byteLength);
  },
);
