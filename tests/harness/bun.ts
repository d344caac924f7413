import type { Test } from "../harness.ts";
import { within } from "./within.ts";

interface BunTest {
  test(name: string, body: () => Promise<void>, timeout: number): void;
}

const bunTest: BunTest = await import("bun:" + "test");

/** `bun:test`. */
export const test: Test = (name, body, options) => {
  const timeout = options?.timeout ?? 20_000;
  bunTest.test(name, () => within(timeout, body), timeout + 5_000);
};
