import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { misquotes, type Quote } from "./quotes.ts";
import { median, readResults, recordedFolder } from "./results.ts";

const quote: Quote = {
  file: "README.md",
  pattern: /it has (\d+(?:\.\d)?) cores/,
  value: ({ machine }) => machine.cores + 0.04,
};

test("a figure that is not the run's is named, with its digits", async () => {
  const results = await readResults(recordedFolder);
  const { cores } = results.machine;
  const read = (text: string) => () => Promise.resolve(text);
  const right = `it has\n${cores}.0 cores`;
  assertEquals(await misquotes(results, [quote], read(right)), []);
  assertEquals(await misquotes(results, [quote], read("it has 7.5 cores")), [
    `README.md says "it has 7.5 cores", the run says ${cores}.0`,
  ]);
  assertEquals(await misquotes(results, [quote], read("it has none")), [
    `README.md no longer quotes ${quote.pattern}`,
  ]);
});

test("every quote is in its document", async () => {
  const results = await readResults(recordedFolder);
  const gone = (await misquotes(results))
    .filter((text) => text.includes("no longer"));
  assertEquals(gone, []);
  assertEquals(median(results, "download", "nobody", "MiB/s"), undefined);
});
