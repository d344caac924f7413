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
      return all.slice(0, Math.random() * (all.length + 1));
    };
    const [stdout, stderr] = [cut(false), cut(true)];
    const before = "before\n".repeat(Math.random() * 3);
    const received = attached(stdout, stderr);
    const rest = restFrom(encodeText(log), received);
    const sorted = (text: string) => [...text].sort().join("");
    const whole = stdout + stderr + decodeText(rest!);
    // The last LF of each is no loss that shows: a log completes the last lines.
    const missing = [stdout, stderr].filter((part) =>
      part !== "" && !part.endsWith("\n")
    ).length;
    const lost = log.length - whole.length;
    assertEquals(lost >= 0 && lost <= missing, true);
    const all = sorted(whole + "\n".repeat(lost));
    assertEquals(all, sorted(log), JSON.stringify([log, stdout]));
    if (!stdout.includes("\n")) continue;
    const found = findRest(encodeText(before + log), received)!;
    const size = whole.length - rest!.byteLength + found.rest.byteLength;
    assertEquals(size <= log.length, true);
  }
});

test("every cut of one stream is completed by the log", () => {
  const log = "one\n\ntwo\nthree\n";
  for (let length = 0; length <= log.length; length++) {
    const received = attached(log.slice(0, length));
    const rest = decodeText(restFrom(encodeText(log), received)!);
    assertEquals(rest, length < log.length - 1 ? log.slice(length) : "");
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
