import { test as nodeTest } from "node:test";
import type { Test } from "../harness.ts";
import { within } from "./within.ts";

/** `node:test`. */
export const test: Test = (name, body, options) => {
  nodeTest(name, () => within(options?.timeout ?? 20_000, body));
};
