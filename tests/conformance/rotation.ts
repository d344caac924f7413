import process from "node:process";
import { isModernDeno } from "../../src/platform/runtime.ts";
import { runtime } from "../harness.ts";

const NODES: Readonly<Record<number, number>> = { 22: 2, 26: 3, 24: 4 };

/**
 * Whether cases run on every combination: with PODWIRE_MATRIX=full, and in CI on
 * the newest long-term release of each runtime, for they differ in how they read
 * and write, and their versions hardly do. The other four take one combination.
 */
export const fullMatrix: boolean = process.env.PODWIRE_MATRIX === "full" ||
  (process.env.CI === "true" && [0, 1, 4].includes(runtimeNumber()));

/**
 * Whether a case runs on the embedded cluster over one transport, not over both:
 * on Node 22 and 26, outside of CI. They take different ones, and Node 24 both.
 */
export const oneTransport: boolean = process.env.CI !== "true" &&
  process.env.PODWIRE_MATRIX !== "full" &&
  [2, 3].includes(runtimeNumber());

/**
 * The combination that a case takes on this runtime. A hash of the case's name
 * selects the first, and each runtime takes the next, so seven cover all six.
 * So a renamed case changes its combination.
 */
export function rotated<T>(name: string, combinations: readonly T[]): T[] {
  const turn = (hash(name) + runtimeNumber()) % combinations.length;
  return combinations.slice(turn, turn + 1);
}

/** 0 to 4 for the runtimes of every run; 5 and 6 for those of CI only. */
function runtimeNumber(): number {
  const { node, bun = "" } = process.versions;
  if (runtime === "deno") return isModernDeno() ? 0 : 5;
  if (runtime === "bun") return bun.startsWith("1.3.") ? 6 : 1;
  return NODES[Number.parseInt(node)] ?? 2;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
