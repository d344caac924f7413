import { assert, assertEquals } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { exitCodeOf, parseStatus } from "../../../src/channel/status_frame.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { fuzz, mutate } from "./fuzz.ts";

const NUMBERS = [
  "7",
  "0",
  "-1",
  "255",
  "1e3",
  "0x10",
  " 7",
  "",
  "9".repeat(20),
];

/** A random JSON value. */
function value(seeded: SeededRandom, depth: number): unknown {
  const kind = seeded.below(depth > 0 ? 8 : 6);
  if (kind === 6) return list(seeded, () => value(seeded, depth - 1));
  if (kind === 7) return status(seeded, depth - 1);
  return [null, true, 7, -0.5, "text", seeded.pick(NUMBERS)][kind];
}

/** An object like a Status, each field of the right type or of any type. */
function status(seeded: SeededRandom, depth = 3): Record<string, unknown> {
  const any = () => value(seeded, depth);
  const or = <T>(right: T) => seeded.below(5) > 0 ? right : any();
  const cause = () => ({
    reason: or(seeded.pick(["ExitCode", "Other"])),
    message: or(seeded.pick(NUMBERS)),
  });
  return {
    metadata: or({}),
    status: or(seeded.pick(["Success", "Failure"])),
    message: or("command terminated"),
    reason: or("NonZeroExitCode"),
    details: or({ causes: or(list(seeded, () => or(cause()))) }),
    code: or(500),
  };
}

function list<T>(seeded: SeededRandom, item: () => T): T[] {
  return Array.from({ length: seeded.below(4) }, item);
}

fuzz(
  "any status gives an object with fields of the right types, and an exit code or null",
  (seeded) => {
    const text = encodeText(JSON.stringify(status(seeded)));
    const payload = seeded.below(2) === 0 ? text : mutate(seeded, text);
    const parsed = parseStatus(payload);
    const code = exitCodeOf(parsed);
    assert(code === null || Number.isSafeInteger(code));
    if (parsed === null) return assertEquals(code, null);
    for (const field of ["status", "message", "reason"] as const) {
      assert(["string", "undefined"].includes(typeof parsed[field]), field);
    }
    for (const cause of parsed.details?.causes ?? []) {
      assert(["string", "undefined"].includes(typeof cause.message));
    }
    assertEquals(code === 0, parsed.status === "Success" || code === 0);
    if (parsed.status === "Success") assertEquals(code, 0);
  },
);
