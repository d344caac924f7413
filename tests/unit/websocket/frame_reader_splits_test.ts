import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import { encodeMessage } from "../../../src/websocket/frame_writer.ts";
import { OPCODE, type Role } from "../../../src/websocket/frame.ts";
import { test } from "../../harness.ts";
import { rawFrame, readAll, type Told } from "./frames.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const CASES = 300;
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 64, 124, 125, 126, 127, 300, 1000];

interface Conversation {
  readonly bytes: Bytes;
  readonly told: Told[];
}

/** A few messages, some in fragments with control frames between them. */
function conversation(seeded: SeededRandom, role: Role): Conversation {
  const frames: Bytes[] = [];
  const told: Told[] = [];
  const add = (opcode: number, payload: Bytes, final = true) => {
    const key = role === "server" ? [...seeded.bytes(4)] : undefined;
    frames.push(rawFrame({ final, opcode, payload, key }));
  };
  const maybeControl = () => {
    if (seeded.below(4) > 0) return;
    const type = seeded.pick(["ping", "pong"] as const);
    const payload = seeded.bytes(seeded.pick([0, 1, 8, 125]));
    add(OPCODE[type], payload);
    told.push({ type, payload });
  };
  for (let message = 1 + seeded.below(5); message > 0; message--) {
    const parts: Bytes[] = [];
    for (let left = seeded.below(4); left >= 0; left--) {
      maybeControl();
      const part = seeded.bytes(seeded.pick(LENGTHS));
      const first = parts.push(part) === 1;
      add(first ? OPCODE.binary : OPCODE.continuation, part, left === 0);
    }
    told.push({ type: "message", data: concatBytes(parts) });
  }
  return { bytes: concatBytes(frames), told };
}

for (const role of ["client", "server"] as const) {
  test(`as a ${role}, every split of the input yields the same events as the whole (${CASES} seeds)`, () => {
    for (let seed = 0; seed < CASES; seed++) {
      const seeded = new SeededRandom(seed);
      const { bytes, told } = conversation(seeded, role);
      assertEquals(
        readAll(role, [new Uint8Array(bytes)]),
        told,
        `seed ${seed}`,
      );
      const chunks = seeded.split(bytes, seeded.pick([1, 3, 16, 200, 2000]));
      assertEquals(readAll(role, chunks), told, `seed ${seed}, split`);
    }
  });
}

test("garbage yields the same error however it is split", () => {
  for (let seed = 0; seed < CASES; seed++) {
    const seeded = new SeededRandom(seed);
    const role = seeded.pick(["client", "server"] as const);
    const { bytes } = conversation(seeded, role);
    for (let i = 0; i < 3; i++) {
      bytes[seeded.below(bytes.length)] = seeded.below(256);
    }
    const whole = readAll(role, [new Uint8Array(bytes)]);
    const split = readAll(role, seeded.split(bytes, 7));
    assertEquals(split, whole, `seed ${seed}`);
  }
});

test("what one end writes, the other reads", () => {
  for (let seed = 0; seed < CASES; seed++) {
    const seeded = new SeededRandom(seed);
    const role = seeded.pick(["client", "server"] as const);
    const parts = [1, 2, 3].map(() => seeded.bytes(seeded.pick(LENGTHS)));
    const chunks = seeded.split(encodeMessage(parts, role), 500);
    const told = readAll(role === "client" ? "server" : "client", chunks);
    const data = concatBytes(parts);
    assertEquals(told, [{ type: "message", data }], `seed ${seed}`);
  }
});
