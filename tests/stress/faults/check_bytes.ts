import type { Observation } from "./observation.ts";
import type { Behaviour } from "./behaviour.ts";
import type { FaultEffects } from "./fault_effects.ts";
import type { Fault } from "./fault.ts";

/** @throws If what was read is no prefix of what is true. */
export function checkPrefix(
  name: string,
  read: Uint8Array,
  truth: Uint8Array,
): void {
  const wrong = read.findIndex((byte, index) => byte !== truth[index]);
  if (wrong >= 0) throw new Error(`${name} is wrong from byte ${wrong}`);
}

/** @throws If what was read is not all of it. */
export function checkWhole(
  name: string,
  read: Uint8Array,
  truth: Uint8Array,
): void {
  if (read.byteLength === truth.byteLength) return;
  throw new Error(`${name}: ${read.byteLength} bytes of ${truth.byteLength}`);
}

/**
 * The most that need not reach a reader of what reached the client: the TLS
 * handshake, the HTTP answer, and a record and a message that were cut in two.
 */
const OVERHEAD = 8_000 + 17_000 + 33_000;
/** How much of the rest at least is output. */
const OUTPUT = 0.95;

const READERS: readonly Behaviour["kind"][] = [
  "run",
  "read",
  "read slowly",
  "read late",
];

/**
 * Bytes come before endings: what the client got before the fault's FIN, its
 * readers got before the error.
 *
 * @throws If some of it is missing.
 */
export function checkDelivered(
  { fault, behaviour, damage }: {
    readonly fault: Fault;
    readonly behaviour: Behaviour;
    readonly damage: FaultEffects;
  },
  { stdout, stderr }: Observation,
): void {
  const finished = fault.kind === "half-open" ||
    fault.kind === "cut" && fault.how === "fin";
  if (!finished || fault.direction === "up" || !damage.triggered) return;
  if (!READERS.includes(behaviour.kind)) return;
  const least = OUTPUT * damage.bytesToClient - OVERHEAD;
  const read = stdout.byteLength + stderr.byteLength;
  if (read >= least) return;
  throw new Error(
    `${read} bytes were read of ${damage.bytesToClient} that came`,
  );
}
