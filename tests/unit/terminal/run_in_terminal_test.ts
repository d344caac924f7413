import { assert, assertEquals } from "@std/assert";
import {
  ConnectionLostError,
  HalfCloseUnsupportedError,
} from "../../../mod.ts";
import { V4 } from "../../../src/channel/subprotocols.ts";
import type { StreamSessionOptions } from "../../../src/session/stream_session.ts";
import {
  runSessionIn,
  type TerminalOptions,
} from "../../../src/terminal/run_in_terminal.ts";
import { test } from "../../harness.ts";
import { openSession } from "../session/open_session.ts";
import { macrotask, rejection, stateOf } from "../../support/async.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const EXEC: Partial<StreamSessionOptions> = { tty: true };
const ATTACH: Partial<StreamSessionOptions> = {
  subresource: "attach",
  tty: true,
};

/** Runs a session in a terminal, with fakes at both ends. */
function run(
  options: Partial<StreamSessionOptions>,
  change: Partial<FakeTerminal> = {},
  terminalOptions: TerminalOptions = {},
) {
  const terminal = Object.assign(new FakeTerminal(), change);
  const { connection, stream } = openSession(options);
  const exitCode = runSessionIn(terminal, stream, terminalOptions);
  exitCode.catch(() => {});
  /** The messages that the container received on a channel. */
  const received = (channel: number) =>
    connection.sent.filter((message) => message[0] === channel)
      .map((message) => new TextDecoder().decode(message.subarray(1)));
  return { terminal, connection, exitCode, received };
}

function size(width: number, height: number): string {
  return JSON.stringify({ Width: width, Height: height });
}

test("terminal: a session with a TTY sets raw mode and restores the terminal", async () => {
  const { terminal, connection, exitCode } = run(EXEC);
  assertEquals(terminal.modes, ["raw"]);
  connection.message(1, "hello");
  connection.exit(7);
  assertEquals(await exitCode, 7);
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(terminal.written, { stdout: "hello", stderr: "" });
  assertEquals(terminal.open, new Set());
});

for (
  const [why, options, change] of [
    ["stdin is not a terminal", EXEC, { stdinIsTTY: false }],
    ["the session has no TTY", { tty: false }, {}],
    ["the session has no stdin", { tty: true, stdin: false }, {}],
  ] as const
) {
  test(`terminal: the mode is unchanged if ${why}`, async () => {
    const { terminal, connection, exitCode } = run(options, change);
    assert(!terminal.open.has("exit hook"));
    connection.exit(0);
    assertEquals(await exitCode, 0);
    assertEquals(terminal.modes, []);
    assertEquals(terminal.open, new Set());
  });
}

test("terminal: a session without stdin reads none", async () => {
  const { terminal, connection, exitCode } = run({ stdin: false });
  terminal.type("for another reader");
  await macrotask();
  connection.exit(0);
  await exitCode;
  assertEquals(terminal.reads, 0);
});

test("terminal: input goes to the container, stdout and stderr stay separate", async () => {
  const { terminal, connection, exitCode, received } = run({ tty: false });
  terminal.type("one");
  terminal.type("two");
  await macrotask();
  assertEquals(received(0), ["one", "two"]);
  connection.message(1, "out");
  connection.message(2, "err");
  connection.exit(0);
  assertEquals(await exitCode, 0);
  assertEquals(terminal.written, { stdout: "out", stderr: "err" });
});

test("terminal: the end of input closes stdin, not the session", async () => {
  const { terminal, connection, exitCode, received } = run({ tty: false });
  terminal.type("all");
  terminal.type(null);
  await macrotask();
  assertEquals([received(0), received(255)], [["all"], ["\0"]]);
  assertEquals(await stateOf(exitCode), "pending");
  connection.message(1, "counted");
  connection.exit(0);
  assertEquals(await exitCode, 0);
  assertEquals(terminal.written.stdout, "counted");
});

test("terminal: reading stops while the session is not ready for more", async () => {
  const { terminal, connection, exitCode, received } = run({ tty: false });
  connection.hasRoom = false;
  for (const keys of "abcdef") terminal.type(keys);
  await macrotask();
  const { reads } = terminal;
  assert(reads < 4, `read ${reads} chunks`);
  connection.drain();
  await macrotask();
  assertEquals(received(0).join(""), "abcdef");
  connection.exit(0);
  await exitCode;
});

test("terminal: the size is sent at the start and at each change", async () => {
  const { terminal, connection, exitCode, received } = run(EXEC);
  assertEquals(received(4), [size(80, 24)]);
  terminal.resize({ width: 100, height: 30 });
  terminal.resize({ width: 100, height: 30 });
  terminal.resize(null);
  assertEquals(received(4), [size(80, 24), size(100, 30)]);
  connection.exit(0);
  await exitCode;
  terminal.resize({ width: 1, height: 1 });
  assertEquals(received(4).length, 2);
});

test("terminal: an attach sends two sizes to make the program redraw", async () => {
  const { connection, exitCode, received } = run(ATTACH);
  assertEquals(received(4), [size(80, 25), size(80, 24)]);
  connection.status({ status: "Success" });
  assertEquals(await exitCode, 0);
});

test("terminal: without a TTY or a size, no size is sent", async () => {
  const runs = [run({ tty: false }), run(EXEC, { currentSize: null })];
  for (const { connection, exitCode, received } of runs) {
    assertEquals(received(4), []);
    connection.exit(0);
    await exitCode;
  }
});

for (
  const [what, options, status, expected] of [
    ["an exec without an exit code", EXEC, { status: "Failure" }, 1],
    ["an attach that fails", ATTACH, { status: "Failure" }, 1],
    ["an attach that succeeds", ATTACH, { status: "Success" }, 0],
  ] as const
) {
  test(`terminal: ${what} gives ${expected}`, async () => {
    const { connection, exitCode } = run(options);
    connection.status(status);
    assertEquals(await exitCode, expected);
  });
}

for (const code of [256, 512, -1, 3221225786, 4294967296]) {
  test(`terminal: the exit code ${code} gives 1`, async () => {
    const { connection, exitCode } = run(EXEC);
    connection.exit(code);
    assertEquals(await exitCode, 1);
  });
}

test("terminal: the exit code 255 stays", async () => {
  const { connection, exitCode } = run(EXEC);
  connection.exit(255);
  assertEquals(await exitCode, 255);
});

test("terminal: a suspension restores the terminal, resuming sets raw mode", async () => {
  const { terminal, connection, exitCode } = run(EXEC);
  terminal.suspend();
  assertEquals(terminal.modes, ["raw", "cooked"]);
  terminal.continue();
  assertEquals(terminal.modes, ["raw", "cooked", "raw"]);
  // SIGSTOP cannot be caught: only its end is seen.
  terminal.continue();
  assertEquals(terminal.modes.slice(3), ["cooked", "raw"]);
  connection.exit(0);
  await exitCode;
  assertEquals(terminal.modes.slice(5), ["cooked"]);
  assertEquals(terminal.open, new Set());
});

test("terminal: stdin that cannot be opened ends the session", async () => {
  const broken = new Error("broken");
  const openInput = () => {
    throw broken;
  };
  const { terminal, connection, exitCode } = run(EXEC, { openInput });
  assertEquals(await rejection(exitCode), broken);
  assertEquals(connection.ended, "closed");
  assertEquals(terminal.open, new Set());
});

for (const [what, options] of [["exec", EXEC], ["attach", ATTACH]] as const) {
  test(`terminal: an ${what} closed without a status gives 1`, async () => {
    const { connection, exitCode } = run(options);
    connection.drop({ code: 1000, reason: "" });
    assertEquals(await exitCode, 1);
  });
}

test("terminal: a lost connection rejects after the last bytes, with the terminal restored", async () => {
  const { terminal, connection, exitCode } = run(EXEC);
  connection.message(1, "last words");
  connection.drop({ code: 1006, reason: "" });
  await rejection(exitCode, ConnectionLostError);
  assertEquals(terminal.written.stdout, "last words");
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(terminal.open, new Set());
});

test("terminal: output before the status is written before the exit code resolves", async () => {
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
  assertEquals(terminal.written.stdout, "onetwo");
});

test("terminal: a failed write of the output rejects with the system's error", async () => {
  const broken = Object.assign(new Error("broken"), { code: "EPIPE" });
  const writable = Promise.reject(broken);
  writable.catch(() => {});
  const { terminal, connection, exitCode } = run(EXEC, { writable });
  connection.message(1, "unwritable");
  assertEquals(await rejection(exitCode), broken);
  assertEquals(connection.ended, "closed");
  assertEquals(terminal.modes, ["raw", "cooked"]);
});

test("terminal: the end of input on v4 is an error", async () => {
  const { terminal, connection, exitCode } = run({ protocol: V4 });
  terminal.type(null);
  await rejection(exitCode, HalfCloseUnsupportedError);
  assertEquals(connection.ended, "closed");
});

test("terminal: a signal that another listener handles gives its exit code", async () => {
  const { terminal, connection, exitCode } = run(EXEC);
  terminal.exit(143);
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(await exitCode, 143);
  assertEquals(connection.ended, "closed");
  assertEquals(terminal.modes, ["raw", "cooked"]);
});

test("terminal: ctrl-p ctrl-q detaches from an attach, and is not sent", async () => {
  const { terminal, connection, exitCode, received } = run(ATTACH);
  terminal.type("ls\n\x10");
  terminal.type("\x11lost");
  assertEquals(await exitCode, 0);
  assertEquals(received(0), ["ls\n"]);
  assertEquals(connection.ended, "closed");
  assertEquals(terminal.modes, ["raw", "cooked"]);
});

for (
  const [why, options, change, terminalOptions] of [
    ["an exec", EXEC, {}, {}],
    ["a pipe", ATTACH, { stdinIsTTY: false }, {}],
    ["an attach with detachKeys: false", ATTACH, {}, { detachKeys: false }],
  ] as const
) {
  test(`terminal: ctrl-p ctrl-q is ordinary input for ${why}`, async () => {
    const { terminal, connection, exitCode, received } = run(
      options,
      change,
      terminalOptions,
    );
    terminal.type("\x10\x11");
    await macrotask();
    assertEquals(received(0), ["\x10\x11"]);
    connection.exit(0);
    await exitCode;
  });
}

test("terminal: a held ctrl-p is sent at the end of input", async () => {
  const { terminal, connection, exitCode, received } = run(ATTACH);
  terminal.type("\x10");
  await macrotask();
  assertEquals(received(0), []);
  terminal.type(null);
  await macrotask();
  assertEquals(received(0), ["\x10"]);
  connection.exit(0);
  await exitCode;
});

test("terminal: a locked output stream is an error, with the terminal restored", async () => {
  const terminal = new FakeTerminal();
  const { connection, stream } = openSession(EXEC);
  const reader = stream.stdout.getReader();
  await rejection(runSessionIn(terminal, stream), TypeError);
  assertEquals(terminal.modes, ["raw", "cooked"]);
  assertEquals(connection.ended, "closed");
  await rejection(reader.read());
});
