import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { bindTerminal, recordSession } from "../../../src/xterm/mod.ts";
import { test } from "../../harness.ts";
import { eventLoopTurns, eventually } from "../../support/async.ts";
import { FakeSession } from "./fake_session.ts";
import { FakeXterm } from "./fake_xterm.ts";

/** The lines of a recording, parsed; each chunk has to be a line. */
async function linesOf(
  recording: ReadableStream<string>,
): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of recording) {
    assert(line.endsWith("\n") && line.indexOf("\n") === line.length - 1);
    lines.push(JSON.parse(line));
  }
  return lines;
}

test("recordSession: a recording has output, sizes and times, as asciicast v2 says", async () => {
  const [session, terminal] = [new FakeSession(), new FakeXterm()];
  const started = Date.now();
  const recorded = recordSession(session, {
    title: "T",
    env: { TERM: "xterm" },
    idleTimeLimit: 1500,
  });
  const lines = linesOf(recorded.recording);
  const { ended } = bindTerminal(recorded, terminal, { endText: null });
  // A character that is cut in two must not be recorded as two broken ones.
  const bytes = encodeText("\x1b[1mé\r\n");
  session.print(bytes.subarray(0, 5));
  await eventually(() => terminal.text !== "");
  session.print(bytes.subarray(5));
  await eventually(() => terminal.text.endsWith("\n"));
  terminal.resize(100, 30);
  terminal.resize(100, 30);
  terminal.type("secret");
  // A size is recorded once it is sent.
  await eventLoopTurns();
  session.print("end");
  session.exit(0);
  assertEquals(await ended, 0);
  const [header, ...events] = await lines as [
    Record<string, unknown>,
    ...[number, string, string][],
  ];
  const { timestamp, ...rest } = header;
  assertEquals(rest, {
    version: 2,
    width: 80,
    height: 24,
    title: "T",
    env: { TERM: "xterm" },
    idle_time_limit: 1.5,
  });
  assert(Math.abs(Number(timestamp) - started / 1000) <= 5);
  assertEquals(events.map(([, code, data]) => [code, data]), [
    ["o", "\x1b[1m"],
    ["o", "é\r\n"],
    ["r", "100x30"],
    ["o", "end"],
  ]);
  const times = events.map(([time]) => time);
  assert(times.every((it, at) => it >= (times[at - 1] ?? 0)), `${times}`);
  assertEquals(terminal.text, "\x1b[1mé\r\nend");
  assertEquals(session.written, ["secret"]);
});

test("recordSession: input is recorded only if asked for, and passed on either way", async () => {
  const session = new FakeSession();
  const recorded = recordSession(session, { input: true });
  const lines = linesOf(recorded.recording);
  await recorded.write("ls\r");
  // A character that is cut in two.
  const [cut, rest] = [
    encodeText("é").subarray(0, 1),
    encodeText("é").subarray(1),
  ];
  await recorded.write(cut);
  await recorded.write(rest);
  recorded.stop();
  recorded.stop();
  await recorded.write("after");
  const events = (await lines).slice(1) as [number, string, string][];
  assertEquals(events.map(([, ...rest]) => rest), [["i", "ls\r"], ["i", "é"]]);
  assertEquals(session.written.length, 4);
});

test("recordSession: a stderr that nobody reads and that has nothing does not hold it open", async () => {
  const session = new FakeSession({ tty: false });
  const recorded = recordSession(session);
  session.print("out");
  session.exit(0);
  await eventLoopTurns();
  // Output may be read long after the end.
  assertEquals(await new Response(recorded.stdout).text(), "out");
  assertEquals((await linesOf(recorded.recording)).length, 2);
  assertEquals(await new Response(recorded.stderr).text(), "");
});

test("recordSession: output waits for the reader of the recording, and for none that cancelled", async () => {
  const session = new FakeSession();
  const recorded = recordSession(session);
  const terminal = new FakeXterm();
  const { ended } = bindTerminal(recorded, terminal, { endText: null });
  const mebibyte = "x".repeat(2 ** 20);
  for (let i = 0; i < 4; i++) session.print(mebibyte);
  session.exit(0);
  await eventLoopTurns();
  const drawn = terminal.text.length;
  assert(drawn < 4 * 2 ** 20, `${drawn}`);
  await recorded.recording.cancel();
  assertEquals(await ended, 0);
  assertEquals(terminal.text.length, 4 * 2 ** 20);
});

test("recordSession: a session that fails ends the recording, too", async () => {
  const session = new FakeSession({ tty: false });
  const recorded = recordSession(session, { size: { width: 9, height: 9 } });
  const lines = linesOf(recorded.recording);
  const terminal = new FakeXterm();
  const { ended } = bindTerminal(recorded, terminal);
  session.print("out");
  session.print("err", 1);
  await eventually(() => terminal.text.length === 6);
  session.fail(new Error("lost"));
  await ended.catch(() => {});
  assertEquals((await lines).length, 3);
});

test("recordSession: a size that is none is refused", () => {
  assertThrows(
    () => recordSession(new FakeSession(), { size: { width: 0, height: 1 } }),
    RangeError,
    "width must be from 1 to 65535",
  );
});
