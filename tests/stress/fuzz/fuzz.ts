import process from "node:process";
import { test } from "../../harness.ts";
import { ownRange } from "../../harness/rotation.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

/**
 * How many inputs per property: `PODWIRE_FUZZ`, default 2,000. The seeds start
 * at `PODWIRE_FUZZ_SEED`, default 0, so every run is the same. In a default run,
 * the runtimes share them.
 */
const COUNT = Number(process.env.PODWIRE_FUZZ ?? 2_000);
const START = Number(process.env.PODWIRE_FUZZ_SEED ?? 0);
/** The limit per thousand inputs, in milliseconds, on a busy machine. */
const TIMEOUT = 5_000;

/**
 * Registers a test that checks a property on many inputs.
 *
 * @param least The minimum number of inputs.
 */
export function fuzz(
  property: string,
  body: (seeded: SeededRandom) => void | Promise<void>,
  least = 0,
): void {
  const { start, count } = ownRange(START, Math.max(COUNT, least));
  test(`fuzz: ${property}`, async () => {
    for (let seed = start; seed < start + count; seed++) {
      try {
        await body(new SeededRandom(seed));
      } catch (error) {
        throw new Error(`PODWIRE_FUZZ_SEED=${seed} fails: ${error}`, {
          cause: error,
        });
      }
    }
  }, { timeout: 20_000 + TIMEOUT * count / 1_000 });
}

/** The value of `body`, or the message of its error, if that is a `kind`. */
export function outcome<T>(
  // deno-lint-ignore no-explicit-any
  kind: abstract new (...args: any[]) => Error,
  body: () => T,
): { readonly value: T } | { readonly error: string } {
  try {
    return { value: body() };
  } catch (error) {
    if (error instanceof kind) return { error: error.message };
    throw error;
  }
}

/** Changes, removes, repeats or truncates some of `bytes`. */
export function mutate(
  seeded: SeededRandom,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const list = [...bytes];
  for (let times = seeded.below(4); times >= 0; times--) {
    const at = seeded.below(list.length + 1);
    const kind = seeded.below(5);
    if (kind === 0) list[at] = seeded.below(256);
    else if (kind === 1) list.splice(at, 1 + seeded.below(4));
    else if (kind === 2) list.splice(at, 0, ...list.slice(at, at + 8));
    else if (kind === 3) list.splice(at, 0, seeded.pick([0, 10, 13, 127, 255]));
    else if (list.length > 0) list[at % list.length]! ^= 1 << seeded.below(8);
  }
  if (seeded.below(8) === 0) list.length = seeded.below(list.length + 1);
  return Uint8Array.from(list);
}

/** What `make` returns, in half of the inputs damaged, now and then any bytes. */
export function damaged(
  seeded: SeededRandom,
  make: (seeded: SeededRandom) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (seeded.below(2) === 0) return make(seeded);
  return seeded.below(4) > 0
    ? mutate(seeded, make(seeded))
    : seeded.bytes(seeded.below(64));
}
