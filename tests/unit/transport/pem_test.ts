import { assert, assertEquals } from "@std/assert";
import { pemBlocks } from "../../../src/transport/pem.ts";
import { test } from "../../harness.ts";

const block = (label: string, content: string): string =>
  `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

function contents(text: string, kind = /CERTIFICATE$/): string[] {
  return pemBlocks(text, kind).map(({ content }) => content.trim());
}

test("pemBlocks: the blocks of a kind, whatever stands between them", () => {
  const text = `# one\n${block("CERTIFICATE", "AA")}` +
    block("EC PRIVATE KEY", "KK") +
    `junk${block("TRUSTED CERTIFICATE", "BB").replaceAll("\n", "\r\n")}`;
  assertEquals(contents(text), ["AA", "BB"]);
  assertEquals(contents(text, /PRIVATE KEY$/), ["KK"]);
});

test("pemBlocks: a block without an end, or with another, is skipped", () => {
  const good = block("CERTIFICATE", "AA");
  const begin = "-----BEGIN CERTIFICATE-----\nXX\n";
  const end = "-----END CERTIFICATE-----\n";
  assertEquals(contents(begin + good), ["AA"]);
  assertEquals(contents(good + begin), ["AA"]);
  assertEquals(contents(end + good + end), ["AA"]);
  const other = begin + "-----END PRIVATE KEY-----\n";
  assertEquals(contents(other + good), ["AA"]);
});

test("pemBlocks: takes linear time, also without an end", () => {
  for (
    const line of [
      "-----BEGIN CERTIFICATE-----\n",
      "-----BEGIN A-----\n-----END B-----\n",
      "-----BEGIN A",
      "-----BEGIN A -----END ",
    ]
  ) {
    const start = performance.now();
    assertEquals(contents(line.repeat(40_000)), []);
    assert(performance.now() - start < 2_000);
  }
});
