import { type Bytes, concatBytes, encodeText } from "../../../src/bytes.ts";
import { pattern } from "../../support/bytes.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";

/** A command, its input and its expected result. */
export interface RandomCommand {
  /** The shell script. */
  readonly script: string;
  /** Null for no stdin. */
  readonly stdin: Bytes | null;
  /** Whether it may end before it reads all of its input. */
  readonly mayIgnoreInput: boolean;
  readonly stdout: Bytes;
  readonly stderr: Bytes;
  readonly exitCode: number;
}

/**
 * A random command with known output, in which no part repeats.
 *
 * @param halfClose Whether the protocol has a half-close.
 */
export function randomCommand(
  seeded: SeededRandom,
  halfClose: boolean,
): RandomCommand {
  const out = new Count(seeded);
  const more = new Count(seeded);
  const err = new Count(seeded);
  const exitCode = seeded.below(256);
  const rest = `${err.script} >&2; exit ${exitCode}`;
  const known = { stderr: err.bytes, exitCode };
  const kind = seeded.pick(["count", "pause", "echo", "head"] as const);
  if (kind === "count" || kind === "pause") {
    const between = kind === "pause" ? "sleep 0.05" : ":";
    return {
      script: `${out.script}; ${between}; ${more.script}; ${rest}`,
      stdin: null,
      mayIgnoreInput: false,
      stdout: concatBytes([out.bytes, more.bytes]),
      ...known,
    };
  }
  const stdin = input(seeded);
  const all = kind === "echo" && halfClose;
  const length = all ? stdin.byteLength : Math.ceil(stdin.byteLength / 2);
  return {
    script: `${out.script}; ${all ? "cat" : `head -c ${length}`}; ${rest}`,
    stdin,
    mayIgnoreInput: !all,
    stdout: concatBytes([out.bytes, stdin.subarray(0, length)]),
    ...known,
  };
}

function input(seeded: SeededRandom): Bytes {
  const limit = seeded.pick([10, 1_000, 60_000, 200_000]);
  return pattern(1 + seeded.below(limit), seeded.below(2 ** 31));
}

/** A range of numbers, one per line, as `seq` prints them. */
class Count {
  readonly script: string;
  readonly bytes: Bytes;

  constructor(seeded: SeededRandom) {
    const first = 1 + seeded.below(10_000);
    const length = seeded.below(seeded.pick([2, 50, 2_000, 20_000]));
    const last = first + length;
    this.script = `seq ${first} ${last}`;
    let text = "";
    for (let number = first; number <= last; number++) text += `${number}\n`;
    this.bytes = encodeText(text);
  }
}
