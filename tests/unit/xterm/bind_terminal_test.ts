import { assert, assertEquals, assertThrows } from "@std/assert";
import { bindTerminal } from "../../../src/xterm/mod.ts";
import { test } from "../../harness.ts";
import {
  eventLoopTurns,
  eventually,
  rejection,
  stateOf,
} from "../../support/async.ts";
import { FakeSession } from "./fake_session.ts";
import { FakeXterm } from "./fake_xterm.ts";

test("bindTerminal: output is drawn as fast as the terminal draws, then the exit is shown", async () => {
  const [session, terminal] = [new FakeSession(), new FakeXterm()];
  terminal.drawsAtOnce = false;
  const { ended } = bindTerminal(session, terminal);
  session.print("one ");
  session.print("two");
  await eventually(() => terminal.text !== "");
  await eventLoopTurns();
  assertEquals(terminal.text, "one ");
  session.exit(7);
  terminal.drawsAtOnce = true;
  terminal.draw();
  assertEquals(await ended, 7);
  assertEquals(terminal.text, "one two\r\n[the command exited with 7]\r\n");
  assertEquals(terminal.bound, 0);
});

test("bindTerminal: stderr of a session without a TTY is drawn too, and no size sent", async () => {
  const session = new FakeSession({ tty: false });
  const terminal = new FakeXterm();
  const { ended } = bindTerminal(session, terminal, { endText: null });
  session.print("failed", 1);
  terminal.resize(90, 30);
  session.exit(null);
  assertEquals(await ended, null);
  assertEquals([terminal.text, session.sizes], ["failed", []]);
});

test("bindTerminal: why a session failed is shown without the server's control sequences", async () => {
  const [session, terminal] = [new FakeSession(), new FakeXterm()];
  const { ended } = bindTerminal(session, terminal);
  session.print("kept");
  await eventually(() => terminal.text === "kept");
  const error = new Error("lost: \x1b]52;c;eA==\x07gone\nfor good");
  session.fail(error);
  assert(await rejection(ended) === error);
  assertEquals(terminal.text, "kept\r\n[lost: gone for good]\r\n");
});

test("bindTerminal: pasted text is sent in order, whole and as Unicode, and bytes as bytes", () => {
  const [session, terminal] = [new FakeSession(), new FakeXterm()];
  const binding = bindTerminal(session, terminal);
  terminal.type("a\ud83d");
  terminal.type("\ude00b");
  terminal.type("broken \ude00 pair");
  terminal.binary("\x1b[M\xff\x80");
  const bytes = Uint8Array.of(0x1b, 0x5b, 0x4d, 0xff, 0x80);
  const { written } = session;
  assertEquals(written, ["a", "😀b", "broken \ufffd pair", bytes]);
  binding.dispose();
  terminal.type("late");
  assertEquals(written.length, 4);
});

test("bindTerminal: sizes are sent at the start and when they change; an attach redraws", () => {
  for (const subresource of ["exec", "attach"] as const) {
    const session = new FakeSession({ subresource });
    const terminal = new FakeXterm();
    const binding = bindTerminal(session, terminal);
    terminal.resize(80, 24);
    terminal.resize(100, 30);
    binding.dispose();
    terminal.resize(1, 1);
    const redraw = { width: 80, height: 25 };
    assertEquals(session.sizes, [
      ...subresource === "attach" ? [redraw] : [],
      { width: 80, height: 24 },
      { width: 100, height: 30 },
    ]);
  }
});

test("bindTerminal: dispose leaves the session and its output to their owner", async () => {
  const [session, first] = [new FakeSession(), new FakeXterm()];
  const binding = bindTerminal(session, first);
  session.print("one");
  await eventually(() => first.text === "one");
  binding.dispose();
  binding.dispose();
  assertEquals(await binding.ended, null);
  session.print("two");
  const second = new FakeXterm();
  const { ended } = bindTerminal(session, second, { endText: () => "end" });
  session.exit(0);
  assertEquals(await ended, 0);
  assertEquals([first.text, second.text], ["one", "two\r\nend\r\n"]);
});

test("bindTerminal: a terminal that was disposed in the middle of a write holds nothing up", async () => {
  const [session, terminal] = [new FakeSession(), new FakeXterm()];
  terminal.drawsAtOnce = false;
  const binding = bindTerminal(session, terminal);
  session.print("never drawn");
  await eventually(() => terminal.text !== "");
  assertEquals(await stateOf(binding.ended), "pending");
  binding.dispose();
  assertEquals(await binding.ended, null);
  assertEquals(session.stdout.locked, false);
});

test("bindTerminal: it fits the terminal to its element, but not while that is hidden", async () => {
  const observed = new Set<FakeObserver>();
  class FakeObserver {
    readonly changed: () => void;
    constructor(changed: () => void) {
      this.changed = changed;
    }
    observe(): void {
      observed.add(this);
    }
    disconnect(): void {
      observed.delete(this);
    }
  }
  const { ResizeObserver } = globalThis;
  Object.assign(globalThis, { ResizeObserver: FakeObserver });
  try {
    const [session, terminal] = [new FakeSession(), new FakeXterm()];
    const parent = { clientWidth: 800, clientHeight: 480 };
    terminal.element = { parentElement: parent };
    const fit = {
      fit: () => terminal.resize(parent.clientWidth / 10, 24),
    };
    const change = async (width: number): Promise<void> => {
      parent.clientWidth = width;
      for (const { changed } of observed) changed();
      await eventLoopTurns();
    };
    const binding = bindTerminal(session, terminal, { fit });
    await change(400);
    await change(0);
    await change(400);
    await change(500);
    binding.dispose();
    assertEquals(observed.size, 0);
    await change(900);
    assertEquals(session.sizes.map(({ width }) => width), [80, 40, 50]);
  } finally {
    Object.assign(globalThis, { ResizeObserver });
  }
});

test("bindTerminal: a misspelt option is refused", () => {
  const options = { fitt: true } as object;
  assertThrows(
    () => bindTerminal(new FakeSession(), new FakeXterm(), options),
    TypeError,
    'Cannot bind the terminal: there is no option "fitt"',
  );
});

test("bindTerminal: a function of the caller that throws leaves nothing bound", async () => {
  const failure = new Error("thrown");
  const fail = () => {
    throw failure;
  };
  const [session, terminal] = [new FakeSession(), new FakeXterm()];
  assertThrows(() => bindTerminal(session, terminal, { fit: { fit: fail } }));
  const reader = session.stderr.getReader();
  assertThrows(() => bindTerminal(session, terminal), TypeError);
  reader.releaseLock();
  assertEquals([session.stdout.locked, terminal.bound], [false, 0]);
  const { ended } = bindTerminal(session, terminal, { endText: fail });
  session.exit(0);
  assertEquals(await rejection(ended), failure);
  assertEquals(terminal.bound, 0);
});
