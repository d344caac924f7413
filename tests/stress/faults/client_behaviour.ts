import type { SeededRandom } from "../../support/seeded_random.ts";

/** What the client does with its session. */
export type Behaviour =
  /** `run`, to its end. */
  | { readonly kind: "run" }
  /** `run`, with a timeout that may be too short. */
  | { readonly kind: "hurried run"; readonly timeout: number }
  /** Reads everything and waits for the status. */
  | { readonly kind: "read" }
  /** The same, with a pause between reads. */
  | { readonly kind: "read slowly"; readonly pause: number }
  /** Waits for the status, and reads afterwards. */
  | { readonly kind: "read late" }
  /** Cancels stdout after so many bytes, and reads on stderr. */
  | { readonly kind: "cancel"; readonly after: number }
  /** Aborts its signal after so many bytes of stdout. */
  | { readonly kind: "abort"; readonly after: number }
  /** Aborts its signal after some milliseconds, wherever that is. */
  | { readonly kind: "abort soon"; readonly ms: number }
  /** Closes the session after so many bytes of stdout. */
  | { readonly kind: "close"; readonly after: number }
  /** Breaks stdin off in place of its end. */
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

/** One way to use a session. */
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
