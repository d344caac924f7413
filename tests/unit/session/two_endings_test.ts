// The first ending counts, also among several in one turn of the event loop.
import { assertEquals } from "@std/assert";
import type { StreamSession } from "../../../src/session/stream_session.ts";
import { test } from "../../harness.ts";
import type { FakeConnection } from "../../support/fake_connection.ts";
import { macrotask, stateOf } from "../../support/async.ts";
import { openSession } from "./open_session.ts";

interface Opened {
  readonly connection: FakeConnection;
  readonly stream: StreamSession;
  readonly abort: (reason: unknown) => void;
}

const reason = new Error("mine");

const endings: Record<string, (opened: Opened) => void> = {
  "a status": ({ connection }) => connection.exit(2),
  "a clean close": ({ connection }) =>
    connection.drop({ code: 1000, reason: "" }),
  "a lost connection": ({ connection }) =>
    connection.drop({ code: 1006, reason: "gone" }),
  "an abort": ({ abort }) => abort(reason),
  "an aborted stdin": ({ stream }) =>
    void stream.stdin.abort(reason).catch(() => {}),
  "our close()": ({ stream }) => void stream.close(),
};

/** How everything of a session ended, as text. */
async function account(...kinds: string[]): Promise<string[]> {
  const opened = openSession();
  const { connection, stream } = opened;
  connection.message(1, "out");
  const stdout = stream.stdout.getReader();
  const states = [
    stdout.read(),
    stdout.closed,
    stream.stderr.getReader().read(),
    stream.waitForStatus(),
    stream.exitCode,
  ];
  // Bun before 1.4 calls abort only once the stream, made here, has started.
  assertEquals(stream.stdin.locked, false);
  await macrotask();
  for (const kind of kinds) endings[kind]!(opened);
  const settled = await Promise.all(states.map(stateOf));
  assertEquals(settled.includes("pending"), false, `${kinds}`);
  return settled.map((state) =>
    typeof state === "object" && "error" in state
      ? `${state.error}`
      : JSON.stringify(state)
  );
}

for (const first of Object.keys(endings)) {
  test(`endings: ${first}, and any other in the same turn: the first counts`, async () => {
    const alone = await account(first);
    for (const second of Object.keys(endings)) {
      // Closing after the end drops what is queued.
      if (second === "our close()") continue;
      assertEquals(await account(first, second), alone, second);
    }
  });

  test(`endings: ${first}, and then our close(): the status stays`, async () => {
    const [, , , status, exitCode] = await account(first);
    const closed = await account(first, "our close()");
    assertEquals(closed.slice(3), [status, exitCode]);
  });
}
