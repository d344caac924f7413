import process from "node:process";
import { isModernDeno } from "../../src/platform/runtime.ts";
import { runtime } from "../harness.ts";

/** Whether rows run on every combination: in CI, and where one asks for it. */
export const fullMatrix: boolean = process.env.CI === "true" ||
  process.env.PODWIRE_MATRIX === "full";

/**
 * The combination that a row takes on this runtime. Rows start at different
 * ones, and the next runtime takes the next: six runtimes meet all of six.
 */
export function rotated<T>(row: string, combinations: readonly T[]): T[] {
  const turn = (hash(row) + runtimeNumber()) % combinations.length;
  return combinations.slice(turn, turn + 1);
}

/** 0 to 3 for the runtimes of every run, from 4 on for those of CI alone. */
function runtimeNumber(): number {
  const { node, bun = "" } = process.versions;
  if (runtime === "deno") return isModernDeno() ? 0 : 4;
  if (runtime === "bun") return bun.startsWith("1.3.") ? 5 : 1;
  return Number.parseInt(node) / 2 - 9;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
