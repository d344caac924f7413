import { root } from "../harness/preload/specifiers.ts";
import { type BenchResults, median } from "./results.ts";

/** A figure of the recorded run that a document quotes. */
export interface Quote {
  /** From the root of the repository. */
  readonly file: string;
  /** Its first group is the figure; white space stands for any. */
  readonly pattern: RegExp;
  /** What a run says; undefined if it does not measure that. */
  value(results: BenchResults): number | undefined;
}

const quotes: readonly Quote[] = [
  {
    file: "README.md",
    pattern: /for a page, the package takes about ([\d.]+) KiB/,
    value: (results) =>
      median(results, "footprint", "podwire", "of that at start KiB"),
  },
  {
    file: "README.md",
    pattern: /Measured on (\d+) cores of/,
    value: ({ machine }) => machine.cores,
  },
];

/**
 * Names each quoted figure that is not the run's, and each quote that is gone
 * from its document: a sentence for each.
 */
export async function misquotes(
  results: BenchResults,
  known: readonly Quote[] = quotes,
  read: (file: string) => Promise<string> = (file) =>
    Deno.readTextFile(new URL(file, root)),
): Promise<string[]> {
  const found = await Promise.all(known.map(async (quote) => {
    const { file, pattern, value } = quote;
    const text = (await read(file)).replaceAll(/\s+/g, " ");
    const [phrase, quoted] = text.match(pattern) ?? [];
    if (quoted === undefined) return `${file} no longer quotes ${pattern}`;
    const digits = quoted.split(".")[1]?.length ?? 0;
    const measured = value(results)?.toFixed(digits);
    return measured === quoted || measured === undefined
      ? []
      : `${file} says "${phrase}", the run says ${measured}`;
  }));
  return found.flat();
}
