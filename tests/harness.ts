/**
 * `test` for tests that run on every runtime: `Deno.test`, `bun:test` or
 * `node:test`. A test fails when it leaks (sockets, timers, child processes),
 * and when a rejection goes unhandled while it runs.
 *
 * The standard `WebSocket` and `fetch` take no certificate authority, so the
 * runner creates one that every test process trusts: `trustedAuthority()` in
 * harness/authority.ts signs certificates with it. Its files `ca.crt` and
 * `ca.key` (PEM) are in the directory `PODWIRE_TEST_CA`.
 *
 * @module
 */

import process from "node:process";
import { isOwn, takes } from "./harness/rotation.ts";
import { runtime } from "./harness/runtime.ts";

/** The default limit of a test, in milliseconds. */
export const TIMEOUT = 20_000;

/** Options of one test. */
export interface TestOptions {
  /** Milliseconds. Defaults to {@linkcode TIMEOUT}. */
  readonly timeout?: number;
  /** Why the test cannot run here. With `CI=true` a skip is a failure. */
  readonly skip?: string | undefined;
  /**
   * The test compares us with a program that may be missing, such as kubectl.
   * Skipping it is no failure, not even in CI.
   */
  readonly crossCheck?: boolean;
  /**
   * The runtime hardly matters to the test: in a default run, one of the five
   * runs it, in CI all do.
   */
  readonly shared?: boolean;
}

/** Registers one test. */
export type Test = (
  name: string,
  body: () => void | Promise<void>,
  options?: TestOptions,
) => void;

export { runtime };

const { register } = await import(`./harness/${runtime}.ts`);

/** Registers one test on the current runtime. */
export const test: Test = (name, body, options = {}) => {
  const { skip, timeout = TIMEOUT, crossCheck = false } = options;
  if (options.shared ? !isOwn(name) : !takes(name)) return;
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
