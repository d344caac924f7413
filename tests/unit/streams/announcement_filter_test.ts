import { assertEquals } from "@std/assert";
import { decodeText, encodeText } from "../../../src/bytes.ts";
import { AnnouncementFilter } from "../../../src/streams/announcement_filter.ts";
import { ByteCollector } from "../../../src/streams/byte_collector.ts";
import { test } from "../../harness.ts";

/** What is left of the parts, and who was announced. */
function filtered(parts: readonly string[]) {
  const collector = new ByteCollector(Infinity, () => {});
  let found = 0;
  const filter = new AnnouncementFilter("WORD", collector, () => found++);
  for (const part of parts) filter.data(encodeText(part));
  filter.end();
  const { announced } = filter;
  return { text: decodeText(collector.bytes()), announced, found };
}

const PROCESS = { pid: "17", startTime: "204" };

test("announcement: however it is cut, the rest is passed on", () => {
  const text = "locale?\nWORWORD 17 204\nfirst\nWORD 1 2\n";
  for (let first = 0; first <= text.length; first++) {
    for (const second of [first, first + 1, first + 5]) {
      const parts = [
        text.slice(0, first),
        text.slice(first, second),
        text.slice(second),
      ];
      assertEquals(filtered(parts), {
        text: "locale?\nWORfirst\nWORD 1 2\n",
        announced: PROCESS,
        found: 1,
      });
    }
  }
});

test("announcement: without /proc, malformed, missing, or too late", () => {
  assertEquals(filtered(["WORD 17 \n"]).announced, {
    pid: "17",
    startTime: "",
  });
  for (const line of ["WORD\n", "WORD x 1\n", "WORD 1 2 3\n", "WORD 17"]) {
    assertEquals(filtered([line]).announced, null);
  }
  assertEquals(filtered(["some", "thing"]), {
    text: "something",
    announced: null,
    found: 1,
  });
  const late = "x".repeat(17_000);
  assertEquals(filtered([late, "WORD 17 204\n"]).text, `${late}WORD 17 204\n`);
});
