/**
 * `test` for the tests that every runtime runs: `Deno.test` with its leak
 * sanitizers, `bun:test`, or `node:test`.
 *
 * @module
 */

/** Options of one test. */
export interface TestOptions {
  /** Milliseconds, 20 seconds unless said otherwise. */
  readonly timeout?: number;
}

/** Registers one test. */
export type Test = (
  name: string,
  body: () => void | Promise<void>,
  options?: TestOptions,
) => void;

/** The name of the runtime that runs this file. */
export const runtime: "deno" | "bun" | "node" = "Deno" in globalThis
  ? "deno"
  : "Bun" in globalThis
  ? "bun"
  : "node";

/** Registers one test on the runtime at hand. */
export const test: Test = (await import(`./harness/${runtime}.ts`)).test;
