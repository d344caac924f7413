/**
 * `test` for the tests that every runtime runs: `Deno.test`, `bun:test` or
 * `node:test`. A test fails when it leaves anything behind (sockets, timers,
 * child processes), and when a rejection goes unhandled while it runs.
 *
 * The standard `WebSocket` and `fetch` take no certificate authority, so the
 * runner makes one that every test process trusts: `trustedAuthority()` of
 * harness/authority.ts signs certificates with it. Its files `ca.crt` and
 * `ca.key` (PEM) are in the directory `PODWIRE_TEST_CA`.
 *
 * @module
 */

import process from "node:process";
import { runtime } from "./harness/runtime.ts";

/** The limit of a test that names none, in milliseconds. */
export const TIMEOUT = 20_000;

/** Options of one test. */
export interface TestOptions {
  /** Milliseconds, {@linkcode TIMEOUT} unless said otherwise. */
  readonly timeout?: number;
  /** Why it cannot run here. With `CI=true` that is a failure. */
  readonly skip?: string | undefined;
  /**
   * It needs a program that is never to be a dependency: a cross-check. Then a
   * skip is no failure in CI either.
   */
  readonly crossCheck?: boolean;
}

/** Registers one test. */
export type Test = (
  name: string,
  body: () => void | Promise<void>,
  options?: TestOptions,
) => void;

export { runtime };

const { register } = await import(`./harness/${runtime}.ts`);

/** Registers one test on the runtime at hand. */
export const test: Test = (name, body, options = {}) => {
  const { skip, timeout = TIMEOUT, crossCheck = false } = options;
  if (skip === undefined) return register({ name, body, timeout, skip: false });
  const skipped = `${name} (skipped: ${skip})`;
  if (process.env.CI !== "true" || crossCheck) {
    return register({ name: skipped, body, timeout, skip: true });
  }
  const refuse = () => {
    throw new Error(`Cannot skip a test in CI: ${skip}`);
  };
  register({ name: skipped, body: refuse, timeout, skip: false });
};
