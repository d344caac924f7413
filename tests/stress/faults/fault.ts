import type { SeededRandom } from "../../support/seeded_random.ts";

/** From the client to the server, or back. */
export type Direction = "up" | "down";

/** How the fixture between client and server goes wrong; counts are of TLS bytes. */
export type Fault =
  /** It does not. */
  | { readonly kind: "none" }
  /** After so many bytes both sides get a FIN or a reset. */
  | {
    readonly kind: "cut";
    readonly direction: Direction;
    readonly after: number;
    readonly how: "fin" | "reset";
  }
  /** After so many bytes the receiver gets a FIN; the way back goes on. */
  | {
    readonly kind: "half-open";
    readonly direction: Direction;
    readonly after: number;
  }
  /** After so many bytes nothing gets through for `ms`; null: for ever. */
  | {
    readonly kind: "stall";
    readonly directions: readonly Direction[];
    readonly after: number;
    readonly ms: number | null;
  }
  /** Bytes go one by one at first, then in pieces of at most `largest`. */
  | { readonly kind: "split"; readonly largest: number }
  /** What comes within `ms` goes on in one piece. */
  | { readonly kind: "coalesce"; readonly ms: number }
  /** Every piece is `ms` late. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The connection is accepted, and then there is silence. */
  | { readonly kind: "black hole" };

const KINDS = [
  "none",
  "cut",
  "cut",
  "cut",
  "half-open",
  "stall",
  "stall",
  "split",
  "coalesce",
  "delay",
  "black hole",
] as const;

/** One fault of many. */
export function randomFault(seeded: SeededRandom): Fault {
  const kind = seeded.pick(KINDS);
  switch (kind) {
    case "cut":
      return {
        kind,
        ...randomPosition(seeded),
        how: seeded.pick(["fin", "reset"]),
      };
    case "half-open":
      return { kind, ...randomPosition(seeded) };
    case "stall": {
      const { direction, after } = randomPosition(seeded);
      const directions = seeded.pick([[direction], ["up", "down"]] as const);
      const ms = seeded.pick([20, 100, null]);
      return { kind, directions, after, ms };
    }
    case "split":
      return { kind, largest: 1 + seeded.below(2_000) };
    case "coalesce":
    case "delay":
      return { kind, ms: 1 + seeded.below(20) };
    default:
      return { kind };
  }
}

/** In the TLS handshake, in the upgrade, or in the session. */
function randomPosition(
  seeded: SeededRandom,
): { direction: Direction; after: number } {
  const direction = seeded.pick(["up", "down", "down"] as const);
  const limit = seeded.pick([1_000, 4_000, 10_000, 50_000, 300_000]);
  return { direction, after: seeded.below(limit) };
}

/** Whether a session may not survive it: then its true result need not come. */
export function isFatal(fault: Fault): boolean {
  switch (fault.kind) {
    case "cut":
    case "half-open":
    case "black hole":
      return true;
    case "stall":
      return fault.ms === null;
    default:
      return false;
  }
}
