import { assert, assertEquals } from "@std/assert";
import { encodeText } from "../../../../src/bytes.ts";
import { ContainerLog } from "../../../../src/testing/containers/container_log.ts";
import { test } from "../../../harness.ts";

test("a container's log: lines of both channels, each once it is complete", () => {
  const log = new ContainerLog();
  log.append(1, encodeText("on"));
  log.append(2, encodeText("two\nthr"));
  log.append(1, encodeText("e\n\n"));
  log.end();
  const texts = log.from(0).map(({ text }) => text);
  assertEquals(texts, ["two\n", "one\n", "\n", "thr"]);
});

test("a container's log: a line without an end keeps its newest part, and costs no more with its length", () => {
  const log = new ContainerLog();
  const chunk = encodeText("x".repeat(1024));
  for (let count = 0; count < 32 * 1024; count++) log.append(1, chunk);
  log.append(1, encodeText("end"));
  log.end();
  const [line, ...others] = log.from(0);
  assertEquals(others, []);
  assert(line!.text.length <= 21 * 2 ** 20);
  assert(line!.text.endsWith("xend"));
});
