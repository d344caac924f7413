import { assert } from "@std/assert";
import { inspect } from "node:util";

/** Every rendering of a value that may end up in a log, joined. */
function everyRendering(value: unknown): string {
  const renderings = [String(value), JSON.stringify(value) ?? ""];
  renderings.push(
    inspect(value, { depth: 20, showHidden: true, getters: true }),
  );
  if ("Deno" in globalThis) {
    renderings.push(
      Deno.inspect(value, { depth: 20, showHidden: true, getters: true }),
    );
  }
  const bun = Reflect.get(globalThis, "Bun");
  if (bun) renderings.push(bun.inspect(value, { depth: 20 }));
  if (value instanceof Error) {
    renderings.push(value.message, value.stack ?? "");
    if (value.cause !== undefined) renderings.push(everyRendering(value.cause));
  }
  return renderings.join("\n");
}

/** Fails when a rendering of `value` holds one of `secrets`. */
export function assertHidden(value: unknown, secrets: string[]): void {
  const rendered = everyRendering(value);
  for (const secret of secrets) {
    assert(!rendered.includes(secret), `"${secret}" shows in:\n${rendered}`);
  }
}
