import type { Bytes } from "../bytes.ts";

/** What Bun's parser makes of bytes; not in Bun before 1.3.7. */
interface BunLines {
  parseChunk(bytes: Bytes): {
    readonly values: readonly unknown[];
    readonly done: boolean;
    readonly error: unknown;
  };
}

/** As `JSON.parse` does, it refuses a BOM. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The first byte of a BOM. */
const BOM = 0xef;

/**
 * Parses a value of JSON in UTF-8. Without its text where the runtime can: Bun
 * keeps the texts of a large list until it collects garbage, which it does when
 * its heap has doubled.
 *
 * @throws {SyntaxError} It is not JSON.
 */
export function parseJson(bytes: Bytes): unknown {
  const parsed = bytes[0] === BOM ? undefined : bunLines()?.parseChunk(bytes);
  // It also takes no value, several, and the beginning of one.
  if (parsed?.done && !parsed.error && parsed.values.length === 1) {
    return parsed.values[0];
  }
  return JSON.parse(decoder.decode(bytes));
}

function bunLines(): BunLines | undefined {
  const bun = Reflect.get(globalThis, "Bun") as
    | { readonly JSONL?: BunLines }
    | undefined;
  return bun?.JSONL;
}
