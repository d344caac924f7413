import type { SeededRandom } from "../../support/seeded_random.ts";

/** How the client uses its session. */
export type Behaviour =
  /** Calls `run`. */
  | { readonly kind: "run" }
  /** Calls `run` with a timeout that may be too short. */
  | { readonly kind: "hurried run"; readonly timeout: number }
  /** Reads everything and waits for the status. */
  | { readonly kind: "read" }
  /** Reads with a pause between chunks. */
  | { readonly kind: "read slowly"; readonly pause: number }
  /** Waits for the status, then reads. */
  | { readonly kind: "read late" }
  /** Cancels stdout after some bytes, and continues reading stderr. */
  | { readonly kind: "cancel"; readonly after: number }
  /** Aborts the signal after some bytes of stdout. */
  | { readonly kind: "abort"; readonly after: number }
  /** Aborts the signal after some milliseconds. */
  | { readonly kind: "abort soon"; readonly ms: number }
  /** Closes the session after some bytes of stdout. */
  | { readonly kind: "close"; readonly after: number }
  /** Aborts stdin instead of closing it. */
  | { readonly kind: "abort stdin" };

const KINDS = [
  "run",
  "run",
  "hurried run",
  "read",
  "read",
  "read slowly",
  "read late",
  "cancel",
  "abort",
  "abort soon",
  "close",
  "abort stdin",
] as const;

/** A random behaviour. */
export function randomBehaviour(seeded: SeededRandom): Behaviour {
  const kind = seeded.pick(KINDS);
  switch (kind) {
    case "hurried run":
      return { kind, timeout: 1 + seeded.below(300) };
    case "read slowly":
      return { kind, pause: 1 + seeded.below(5) };
    case "cancel":
    case "abort":
    case "close":
      return { kind, after: seeded.below(seeded.pick([10, 2_000, 100_000])) };
    case "abort soon":
      return { kind, ms: seeded.below(60) };
    default:
      return { kind };
  }
}
