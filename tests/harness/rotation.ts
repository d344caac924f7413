import process from "node:process";
import { isModernDeno } from "../../src/platform/runtime.ts";
import { runtime } from "./runtime.ts";

const NODES: Readonly<Record<number, number>> = { 22: 2, 26: 3, 24: 4 };
const inCI = process.env.CI === "true";

/** 0 to 4 for the runtimes of every run; 5 and 6 for those of CI only. */
const runtimeNumber = numberOfRuntime();

/** 0 for Deno, 1 for Bun and 2 for Node, in a default run. */
const kindNumber = Math.min(runtimeNumber, 2);

/**
 * Whether the runtimes share the work, as the runner asks with
 * `PODWIRE_MATRIX=shared` in a default run: together they run every test, and
 * one of them what hardly depends on the runtime.
 */
export const shared: boolean = process.env.PODWIRE_MATRIX === "shared";

/**
 * Whether this is the newest long-term release of Deno, Bun or Node. The three
 * differ in how they read and write; their versions hardly do.
 */
const isMain = [0, 1, 4].includes(runtimeNumber);

/**
 * Whether cases run on every combination: with PODWIRE_MATRIX=full, and in CI on
 * the main release of each runtime. The other four take one combination.
 */
export const fullMatrix: boolean = process.env.PODWIRE_MATRIX === "full" ||
  (inCI && isMain);

/**
 * Whether a case runs on the embedded cluster over one transport, not over both:
 * where runtimes share the work, and on the other four. Two neighbours take
 * different ones.
 */
export const oneTransport: boolean = shared || (!fullMatrix && !isMain);

/** The place of this runtime among the five that share the work. */
const place = runtimeNumber;
const PLACES = 5;

/** The place of this version of Node among the three that share the work, or -1. */
const nodePlace = [2, 3, 4].indexOf(runtimeNumber);
const NODE_PLACES = 3;

/**
 * Whether this runtime runs a test that hardly depends on the runtime: always,
 * or, where runtimes share the work, if a hash of its name selects this one. So
 * one runtime has all cases of a test.
 */
export function isOwn(name: string): boolean {
  return !shared || hash(withoutBackend(name)) % PLACES === place;
}

/**
 * Whether this runtime runs a test of any kind: always, but where runtimes share
 * the work, the versions of Node divide the tests between them. The cases that a
 * test of a server has on different backends stay together.
 */
export function takes(name: string): boolean {
  if (!shared || nodePlace === -1) return true;
  return (hash(withoutBackend(name)) >>> 16) % NODE_PLACES === nodePlace;
}

/** The name of a test, without the server and the transport of a case. */
function withoutBackend(name: string): string {
  return name.replace(/ \[[^\]]*\]$/, "");
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
 * Where runtimes share the work, Deno, Bun and the one Node take three in a row.
 * So a renamed case changes its combination.
 */
export function rotated<T>(name: string, combinations: readonly T[]): T[] {
  const turn = hash(name) + (shared ? kindNumber : runtimeNumber);
  return combinations.slice(turn % combinations.length).slice(0, 1);
}

/**
 * Whether a case that runs on one server takes the embedded cluster on this
 * runtime, where runtimes share the work: Deno and Node do, or only Bun does. The
 * bits of the hash are others than those that choose the transport.
 */
export function takesEmbedded(name: string): boolean {
  return ((hash(name) >>> 16) + kindNumber) % 2 === 0;
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
