import type { SeededRandom } from "../../support/seeded_random.ts";

/** `up`: client to server; `down`: server to client. */
export type Direction = "up" | "down";

/** How the proxied connection fails. Counts are TLS bytes. */
export type Fault =
  /** No fault. */
  | { readonly kind: "none" }
  /** After `after` bytes, both sides get a FIN or a reset. */
  | {
    readonly kind: "cut";
    readonly direction: Direction;
    readonly after: number;
    readonly how: "fin" | "reset";
  }
  /** After `after` bytes, the receiver gets a FIN; the other direction goes on. */
  | {
    readonly kind: "half-open";
    readonly direction: Direction;
    readonly after: number;
  }
  /** After `after` bytes, nothing passes for `ms`; null means for ever. */
  | {
    readonly kind: "stall";
    readonly directions: readonly Direction[];
    readonly after: number;
    readonly ms: number | null;
  }
  /** Single bytes at first, then pieces of at most `largest`. */
  | { readonly kind: "split"; readonly largest: number }
  /** Bytes that arrive within `ms` are forwarded in one piece. */
  | { readonly kind: "coalesce"; readonly ms: number }
  /** Every piece is `ms` late. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Accepts the connection, then stays silent. */
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

/** A random fault. */
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

/** A random offset in the TLS handshake, the upgrade or the session. */
function randomPosition(
  seeded: SeededRandom,
): { direction: Direction; after: number } {
  const direction = seeded.pick(["up", "down", "down"] as const);
  const limit = seeded.pick([1_000, 4_000, 10_000, 50_000, 300_000]);
  return { direction, after: seeded.below(limit) };
}

/** Whether the session may not survive the fault. */
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
