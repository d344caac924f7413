// However a session ends, it ends once: all that waits settles, with the truth.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  ConnectionLostError,
  SessionEndedError,
  type StreamSession,
} from "../../mod.ts";
import type { SessionFault } from "../../src/testing/mod.ts";
import { type Settled, SettleTracker } from "../stress/faults/observation.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";

const reason = new Error("the program's own");

/** What a session may end with. */
type Outcome = number | null | "lost" | "reason";

interface EndingRow {
  readonly name: string;
  /** What the server does at its end, or before. */
  readonly fault?: SessionFault;
  /** What the client does once the first line has come. */
  readonly act?: (session: StreamSession, abort: () => void) => unknown;
  readonly outcome: Outcome;
  /** Whether the channels end well too, with all that was sent. */
  readonly whole: boolean;
}

const SCRIPT = "echo out; echo err >&2; read line; exit 3";

const TABLE: readonly EndingRow[] = [
  { name: "a status, then a close", outcome: 3, whole: true },
  ...(["drop", "reset", "hold"] as const).map((then): EndingRow => ({
    name: `a status, then ${then}`,
    fault: { then },
    outcome: 3,
    whole: true,
  })),
  ...[1000, 1001, null].map((code): EndingRow => ({
    name: `no status, close ${code ?? "without a code"}`,
    fault: { status: "omit", code },
    outcome: null,
    whole: true,
  })),
  ...[1011, 1012, 4000].map((code): EndingRow => ({
    name: `no status, close ${code}`,
    fault: { status: "omit", code },
    outcome: "lost",
    whole: false,
  })),
  ...(["drop", "reset"] as const).map((then): EndingRow => ({
    name: `no status, then ${then}`,
    fault: { status: "omit", then },
    outcome: "lost",
    whole: false,
  })),
  {
    name: "a status that is none",
    fault: { status: { garbage: "{no" } },
    outcome: null,
    whole: true,
  },
  {
    name: "the signal, in the middle",
    act: (_, abort) => abort(),
    outcome: "reason",
    whole: false,
  },
  {
    name: "stdin broken off",
    act: (session) => session.stdin.abort(reason),
    outcome: "reason",
    whole: false,
  },
  {
    name: "close(), in the middle",
    act: (session) => session.close(),
    outcome: null,
    whole: false,
  },
  {
    name: "disposal, in the middle",
    act: (session) => session[Symbol.asyncDispose](),
    outcome: null,
    whole: false,
  },
];

for (const { name, fault, act, outcome, whole } of TABLE) {
  testCase(`endings: ${name}`, async ({ pods, pod }) => {
    const controller = new AbortController();
    const session = await pods.exec.stream(await pod({ fault }), {
      command: ["sh", "-c", SCRIPT],
      stdin: true,
      signal: controller.signal,
    });
    const waits = new SettleTracker(10_000);
    const exitCode = waits.add("exitCode", session.exitCode);
    const status = waits.add("status", session.waitForStatus());
    const [stdout, stderr] = [
      collectText(session.stdout),
      collectText(session.stderr),
    ];
    const out = waits.add("stdout", stdout.ended);
    const err = waits.add("stderr", stderr.ended);
    await Promise.all([stdout.until("out\n"), stderr.until("err\n")]);
    if (act) {
      waits.add(
        "act",
        quiet(act(session, () => controller.abort(reason))),
      );
    } else waits.add("write", quiet(session.write("\n")));
    await waits.settled();

    check(await exitCode, outcome);
    checkAlike(await status, await exitCode);
    assertEquals([stdout.text, stderr.text], ["out\n", "err\n"]);
    for (const channel of [await out, await err]) {
      assertEquals("value" in channel, whole, `${JSON.stringify(channel)}`);
    }

    const late = new SettleTracker(5_000);
    const written = late.add("write", session.write("late"));
    // What comes after the end changes nothing.
    controller.abort(new Error("too late"));
    late.add("close", session.close());
    late.add("dispose", session[Symbol.asyncDispose]());
    await late.settled();
    const refusal = errorOf(await written);
    if (typeof outcome === "number") {
      assertInstanceOf(refusal, SessionEndedError);
    }
    check(await asEnding(session.exitCode), outcome);
  }, fault && { needs: ["faults"] });
}

function check(ending: Settled<number | null>, outcome: Outcome): void {
  if (outcome === "lost") {
    assertInstanceOf(errorOf(ending), ConnectionLostError);
  } else if (outcome === "reason") {
    assertEquals(ending, { error: reason });
  } else {
    assertEquals(ending, { value: outcome });
  }
}

function errorOf(ending: Settled<unknown>): unknown {
  if ("error" in ending) return ending.error;
  throw new Error(`It ended well: ${JSON.stringify(ending.value)}`);
}

/** `waitForStatus` and `exitCode` are one outcome. */
function checkAlike(
  status: Settled<unknown>,
  exitCode: Settled<unknown>,
): void {
  if ("error" in status || "error" in exitCode) {
    assertEquals(status, exitCode);
  } else if (exitCode.value !== null) {
    assert(status.value !== null);
  }
}

async function quiet(act: unknown): Promise<void> {
  try {
    await act;
  } catch {
    // How it ended is told by the rest.
  }
}

function asEnding<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then((value) => ({ value }), (error) => ({ error }));
}
