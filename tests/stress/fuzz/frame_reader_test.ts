import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { rawFrame, readAll } from "../../unit/websocket/frames.ts";
import { damaged, fuzz } from "./fuzz.ts";

/** Frames that are valid or nearly so, so that a reader gets past the first. */
function frames(seeded: SeededRandom): Uint8Array<ArrayBuffer> {
  const masked = seeded.below(2) === 0;
  const list = Array.from({ length: 1 + seeded.below(6) }, () =>
    rawFrame({
      final: seeded.below(4) > 0,
      reserved: seeded.below(20) === 0 ? seeded.below(8) : 0,
      opcode: seeded.pick([0, 2, 2, 2, 9, 10, 8, seeded.below(16)]),
      key: masked ? [...seeded.bytes(4)] : undefined,
      payload: seeded.bytes(seeded.pick([0, 1, 2, 5, 125, 126, 130, 300])),
    }));
  return concatBytes(list);
}

fuzz(
  "any frames give events or a ProtocolError, the same however they are split",
  (seeded) => {
    const role = seeded.pick(["client", "server"] as const);
    const bytes = damaged(seeded, frames);
    const whole = readAll(role, [new Uint8Array(bytes)]);
    const largest = seeded.pick([1, 2, 7, 64]);
    const split = readAll(role, seeded.split(bytes, largest));
    assertEquals(split, whole);
  },
);
