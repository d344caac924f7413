import type { Test } from "../harness.ts";
import { within } from "./within.ts";

/** `Deno.test`, with the leak sanitizers on whatever the version's default. */
export const test: Test = (name, body, options) => {
  Deno.test({
    name,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: () => within(options?.timeout ?? 20_000, body),
  });
};
