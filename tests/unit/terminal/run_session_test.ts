import { assert, assertEquals } from "@std/assert";
import {
  ConnectionLostError,
  HalfCloseUnsupportedError,
} from "../../../mod.ts";
import { V4 } from "../../../src/channel/subprotocols.ts";
import type { StreamSessionOptions } from "../../../src/session/stream_session.ts";
import {
  runSession,
  type TerminalOptions,
} from "../../../src/terminal/run_session.ts";
import { test } from "../../harness.ts";
import { openSession } from "../session/open_session.ts";
import { macrotask, rejection, stateOf } from "../../support/async.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const EXEC: Partial<StreamSessionOptions> = { tty: true };
const ATTACH: Partial<StreamSessionOptions> = {
  subresource: "attach",
  tty: true,
};

/** A session in a terminal, the test at both ends. */
function run(
  options: Partial<StreamSessionOptions>,
  change: Partial<FakeTerminal> = {},
  terminalOptions: TerminalOptions = {},
) {
  const terminal = Object.assign(new FakeTerminal(), change);
  const { connection, stream } = openSession(options);
  const exitCode = runSession(stream, terminal, terminalOptions);
  exitCode.catch(() => {});
  /** What the container got on a channel. */
  const got = (channel: number) =>
    connection.sent.filter((message) => message[0] === channel)
      .map((message) => new TextDecoder().decode(message.subarray(1)));
  return { terminal, connection, exitCode, got };
}

function size(width: number, height: number): string {
  return JSON.stringify({ Width: width, Height: height });
}

test("terminal: it is raw for a session with a tty, and cooked after it", async () => {
  const { terminal, connection, exitCode } = run(EXEC);
  assertEquals(terminal.modes, ["raw"]);
  connection.message(1, "hello");
  connection.exit(7);
  assertEquals(await exitCode, 7);
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(terminal.shown, { stdout: "hello", stderr: "" });
  assertEquals(terminal.open, new Set());
});

for (
  const [why, options, change] of [
    ["stdin is none", EXEC, { isTyped: false }],
    ["the session has no tty", { tty: false }, {}],
    ["nothing is typed into it", { tty: true, stdin: false }, {}],
  ] as const
) {
  test(`terminal: it is left as it is where ${why}`, async () => {
    const { terminal, connection, exitCode } = run(options, change);
    assert(!terminal.open.has("departure"));
    connection.exit(0);
    assertEquals(await exitCode, 0);
    assertEquals(terminal.modes, []);
    assertEquals(terminal.open, new Set());
  });
}

test("terminal: a session that did not ask for stdin leaves it to others", async () => {
  const { terminal, connection, exitCode } = run({ stdin: false });
  terminal.type("for somebody else");
  await macrotask();
  connection.exit(0);
  await exitCode;
  assertEquals(terminal.reads, 0);
});

test("terminal: what is typed goes to the container, stdout and stderr apart", async () => {
  const { terminal, connection, exitCode, got } = run({ tty: false });
  terminal.type("one");
  terminal.type("two");
  await macrotask();
  assertEquals(got(0), ["one", "two"]);
  connection.message(1, "out");
  connection.message(2, "err");
  connection.exit(0);
  assertEquals(await exitCode, 0);
  assertEquals(terminal.shown, { stdout: "out", stderr: "err" });
});

test("terminal: the end of the input is the end of stdin, and not of the session", async () => {
  const { terminal, connection, exitCode, got } = run({ tty: false });
  terminal.type("all");
  terminal.type(null);
  await macrotask();
  assertEquals([got(0), got(255)], [["all"], ["\0"]]);
  assertEquals(await stateOf(exitCode), "pending");
  connection.message(1, "counted");
  connection.exit(0);
  assertEquals(await exitCode, 0);
  assertEquals(terminal.shown.stdout, "counted");
});

test("terminal: no more is read than the session takes", async () => {
  const { terminal, connection, exitCode, got } = run({ tty: false });
  connection.hasRoom = false;
  for (const keys of "abcdef") terminal.type(keys);
  await macrotask();
  const { reads } = terminal;
  assert(reads < 4, `${reads} were read`);
  connection.drain();
  await macrotask();
  assertEquals(got(0).join(""), "abcdef");
  connection.exit(0);
  await exitCode;
});

test("terminal: the size is told at the start and at each change", async () => {
  const { terminal, connection, exitCode, got } = run(EXEC);
  assertEquals(got(4), [size(80, 24)]);
  terminal.resize({ width: 100, height: 30 });
  terminal.resize({ width: 100, height: 30 });
  terminal.resize(null);
  assertEquals(got(4), [size(80, 24), size(100, 30)]);
  connection.exit(0);
  await exitCode;
  terminal.resize({ width: 1, height: 1 });
  assertEquals(got(4).length, 2);
});

test("terminal: an attach gets two sizes, so that the screen is drawn anew", async () => {
  const { connection, exitCode, got } = run(ATTACH);
  assertEquals(got(4), [size(80, 25), size(80, 24)]);
  connection.status({ status: "Success" });
  assertEquals(await exitCode, 0);
});

test("terminal: without a tty, or without a size, none is told", async () => {
  const runs = [run({ tty: false }), run(EXEC, { now: null })];
  for (const { connection, exitCode, got } of runs) {
    assertEquals(got(4), []);
    connection.exit(0);
    await exitCode;
  }
});

for (
  const [what, options, status, expected] of [
    ["an exec without an exit code", EXEC, { status: "Failure" }, 1],
    ["an attach that ends badly", ATTACH, { status: "Failure" }, 1],
    ["an attach that ends well", ATTACH, { status: "Success" }, 0],
  ] as const
) {
  test(`terminal: ${what} gives ${expected}`, async () => {
    const { connection, exitCode } = run(options);
    connection.status(status);
    assertEquals(await exitCode, expected);
  });
}

for (const [what, options] of [["exec", EXEC], ["attach", ATTACH]] as const) {
  test(`terminal: an ${what} that is closed without a status gives 1`, async () => {
    const { connection, exitCode } = run(options);
    connection.drop({ code: 1000, reason: "" });
    assertEquals(await exitCode, 1);
  });
}

test("terminal: a lost connection is an error behind the last bytes, the terminal cooked", async () => {
  const { terminal, connection, exitCode } = run(EXEC);
  connection.message(1, "last words");
  connection.drop({ code: 1006, reason: "" });
  await rejection(exitCode, ConnectionLostError);
  assertEquals(terminal.shown.stdout, "last words");
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(terminal.open, new Set());
});

test("terminal: what came before the status is shown before the exit code is given", async () => {
  const gate = Promise.withResolvers<void>();
  const { terminal, connection, exitCode } = run(EXEC, {
    writable: gate.promise,
  });
  connection.message(1, "one");
  connection.message(1, "two");
  connection.exit(3);
  assertEquals(await stateOf(exitCode), "pending");
  gate.resolve();
  assertEquals(await exitCode, 3);
  assertEquals(terminal.shown.stdout, "onetwo");
});

test("terminal: output that nobody takes ends the session with the system's error", async () => {
  const broken = Object.assign(new Error("broken"), { code: "EPIPE" });
  const writable = Promise.reject(broken);
  writable.catch(() => {});
  const { terminal, connection, exitCode } = run(EXEC, { writable });
  connection.message(1, "in vain");
  assertEquals(await rejection(exitCode), broken);
  assertEquals(connection.ended, "closed");
  assertEquals(terminal.modes, ["raw", "cooked"]);
});

test("terminal: an end of the input that the server cannot be told is an error", async () => {
  const { terminal, connection, exitCode } = run({ protocol: V4 });
  terminal.type(null);
  await rejection(exitCode, HalfCloseUnsupportedError);
  assertEquals(connection.ended, "closed");
});

test("terminal: a signal that somebody else handles gives its exit code", async () => {
  const { terminal, connection, exitCode } = run(EXEC);
  terminal.depart(143);
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(await exitCode, 143);
  assertEquals(connection.ended, "closed");
  assertEquals(terminal.modes, ["raw", "cooked"]);
});

test("terminal: ctrl-p ctrl-q leaves an attach, and reaches nobody", async () => {
  const { terminal, connection, exitCode, got } = run(ATTACH);
  terminal.type("ls\n\x10");
  terminal.type("\x11lost");
  assertEquals(await exitCode, 0);
  assertEquals(got(0), ["ls\n"]);
  assertEquals(connection.ended, "closed");
  assertEquals(terminal.modes, ["raw", "cooked"]);
});

for (
  const [why, options, change, terminalOptions] of [
    ["an exec", EXEC, {}, {}],
    ["a pipe", ATTACH, { isTyped: false }, {}],
    ["an attach that says so", ATTACH, {}, { detachKeys: false }],
  ] as const
) {
  test(`terminal: ctrl-p ctrl-q is input like any other for ${why}`, async () => {
    const { terminal, connection, exitCode, got } = run(
      options,
      change,
      terminalOptions,
    );
    terminal.type("\x10\x11");
    await macrotask();
    assertEquals(got(0), ["\x10\x11"]);
    connection.exit(0);
    await exitCode;
  });
}

test("terminal: a ctrl-p that is held back goes out at the end of the input", async () => {
  const { terminal, connection, exitCode, got } = run(ATTACH);
  terminal.type("\x10");
  await macrotask();
  assertEquals(got(0), []);
  terminal.type(null);
  await macrotask();
  assertEquals(got(0), ["\x10"]);
  connection.exit(0);
  await exitCode;
});

test("terminal: a session whose output somebody reads already is an error, the terminal cooked", async () => {
  const terminal = new FakeTerminal();
  const { connection, stream } = openSession(EXEC);
  const reader = stream.stdout.getReader();
  await rejection(runSession(stream, terminal), TypeError);
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(connection.ended, "closed");
  await rejection(reader.read());
});
