import process from "node:process";
import { isModernDeno } from "../../src/platform/runtime.ts";
import { runtime } from "./runtime.ts";

const NODES: Readonly<Record<number, number>> = { 22: 2, 26: 3, 24: 4 };
const inCI = process.env.CI === "true";

/** 0 to 4 for the runtimes of every run; 5 and 6 for those of CI only. */
const runtimeNumber = numberOfRuntime();

/**
 * Whether the runtimes share the work, as the runner asks with
 * `PODWIRE_MATRIX=shared` in a default run: together they run every test, and
 * one of them what hardly depends on the runtime.
 */
export const shared: boolean = process.env.PODWIRE_MATRIX === "shared";

/** Whether a shared run has a closely related runtime that does more: Node 24. */
const isFurtherNode = [2, 3].includes(runtimeNumber);

/**
 * Whether cases run on every combination: with PODWIRE_MATRIX=full, and in CI on
 * the newest long-term release of each runtime, for they differ in how they read
 * and write, and their versions hardly do. The other four take one combination.
 */
export const fullMatrix: boolean = process.env.PODWIRE_MATRIX === "full" ||
  (inCI && [0, 1, 4].includes(runtimeNumber));

/**
 * Whether a case runs on the embedded cluster over one transport, not over both:
 * outside of CI, on Node 22 and 26, and on every runtime that shares the work.
 * They take different ones.
 */
export const oneTransport: boolean = shared ||
  (!inCI && !fullMatrix && isFurtherNode);

/**
 * The place of this runtime among the five that share the work: first Deno, Bun
 * and Node 24, which take three combinations in a row.
 */
const place = [0, 1, 3, 4, 2][runtimeNumber] ?? 0;
const PLACES = 5;

/**
 * Whether this runtime runs a test that hardly depends on the runtime: always,
 * or, where runtimes share the work, if a hash of its name selects this one.
 */
export function isOwn(name: string): boolean {
  return !shared || hash(name) % PLACES === place;
}

/**
 * Whether this runtime runs a test of any kind: always, but where runtimes share
 * the work, Node 22 and 26 divide the tests between them. The cases that a test
 * of a server has on different backends stay together.
 */
export function takes(name: string): boolean {
  if (!shared || !isFurtherNode) return true;
  const test = name.replace(/ \[[^\]]*\]$/, "");
  return ((hash(test) >>> 16) + place) % 2 === 0;
}

/** This runtime's part of a range of inputs: all, or a fifth. */
export function ownRange(
  start: number,
  count: number,
): { readonly start: number; readonly count: number } {
  if (!shared) return { start, count };
  const part = Math.ceil(count / PLACES);
  return { start: start + place * part, count: part };
}

/**
 * The combination that a case takes on this runtime. A hash of the case's name
 * selects the first, and each runtime takes the next, so seven cover all six.
 * So a renamed case changes its combination.
 */
export function rotated<T>(name: string, combinations: readonly T[]): T[] {
  const turn = hash(name) + (shared ? place : runtimeNumber);
  return combinations.slice(turn % combinations.length).slice(0, 1);
}

/**
 * Which of two groups of combinations a case takes on this runtime: both, or,
 * on Node 22 and 26 in a shared run, each another one.
 */
export function ownGroups<T>(name: string, groups: readonly [T[], T[]]): T[] {
  if (!shared || !isFurtherNode) return groups.flat();
  // Not the bit that selects the transport.
  return groups[((hash(name) >>> 8) + place) % groups.length]!;
}

function numberOfRuntime(): number {
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
