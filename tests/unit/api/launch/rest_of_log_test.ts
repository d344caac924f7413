import { assertEquals } from "@std/assert";
import {
  endsAs,
  findRest,
  restFrom,
} from "../../../../src/api/launch/rest_of_log.ts";
import { decodeText, encodeText } from "../../../../src/bytes.ts";
import { test } from "../../../harness.ts";

const attached = (stdout: string, stderr = "") => ({
  stdout: encodeText(stdout),
  stderr: encodeText(stderr),
});

test("every cut of two streams is completed by the log", () => {
  for (let round = 0; round < 300; round++) {
    const lines = Array.from({ length: 12 }, (_, i) => ({
      text: `${(i + 10).toString(36)}${"x".repeat(Math.random() * 4)}\n`,
      isError: Math.random() < 0.3,
    }));
    const log = lines.map(({ text }) => text).join("");
    const cut = (isError: boolean) => {
      const all = lines.filter((line) => line.isError === isError)
        .map(({ text }) => text).join("");
      // An LF alone is no loss that shows: a log completes the last lines.
      const part = all.slice(0, Math.random() * (all.length + 1));
      return all[part.length] === "\n" ? `${part}\n` : part;
    };
    const [stdout, stderr] = [cut(false), cut(true)];
    const before = "before\n".repeat(Math.random() * 3);
    const received = attached(stdout, stderr);
    const rest = restFrom(encodeText(log), received);
    const sorted = (text: string) => [...text].sort().join("");
    const whole = stdout + stderr + decodeText(rest!);
    assertEquals(sorted(whole), sorted(log), JSON.stringify([log, stdout]));
    if (!stdout.includes("\n")) continue;
    const found = findRest(encodeText(before + log), received)!;
    const all = stdout + stderr + decodeText(found.rest);
    assertEquals(all.length <= log.length, true);
  }
});

test("what does not fit has no rest", () => {
  const log = encodeText("1\n2\n3\n");
  assertEquals(restFrom(log, attached("1\n3\n", "x\n")), null);
  assertEquals(restFrom(log, attached("1\n2\n3\n4\n")), null);
  assertEquals(findRest(log, attached("4\n")), null);
  assertEquals(findRest(log, attached("2\n3\n")), {
    from: 2,
    rest: new Uint8Array(),
  });
});

test("a log ends as both streams do, whatever they began with", () => {
  const log = encodeText("b\n1\n2\nc\n3\n4\n5\n");
  assertEquals(endsAs(log, attached("1\n2\n3\n4\n5", "c\n")), true);
  assertEquals(endsAs(log, attached("2\n3\n4\n5\n", "b\nc\n")), true);
  assertEquals(endsAs(log, attached("1\n2\n3\n4\n", "c\n")), false);
  assertEquals(endsAs(log, attached("1\n2\n3\n4\n5\n")), false);
  assertEquals(endsAs(log, attached("2\n3\n4\n5\n", "b\n")), false);
  assertEquals(endsAs(encodeText(""), attached("any")), true);
});
