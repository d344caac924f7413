// However a session ends, it ends once: everything pending settles, with the
// right outcome.
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

const reason = new Error("the caller's reason");

/** The exit code, or the kind of error. */
type Outcome = number | null | "lost" | "reason";

interface EndingCase {
  readonly name: string;
  /** How the server ends the session. */
  readonly fault?: SessionFault;
  /** What the client does after the first line. */
  readonly act?: (session: StreamSession, abort: () => void) => unknown;
  readonly outcome: Outcome;
  /** Whether the channels end without an error, after everything that was sent. */
  readonly whole: boolean;
}

const SCRIPT = "echo out; echo err >&2; read line; exit 3";

const TABLE: readonly EndingCase[] = [
  { name: "a status, then a close", outcome: 3, whole: true },
  ...(["drop", "reset", "hold"] as const).map((then): EndingCase => ({
    name: `a status, then ${then}`,
    fault: { then },
    outcome: 3,
    whole: true,
  })),
  ...[1000, 1001, null].map((code): EndingCase => ({
    name: `no status, close ${code ?? "without a code"}`,
    fault: { status: "omit", code },
    outcome: null,
    whole: true,
  })),
  ...[1011, 1012, 4000].map((code): EndingCase => ({
    name: `no status, close ${code}`,
    fault: { status: "omit", code },
    outcome: "lost",
    whole: false,
  })),
  ...(["drop", "reset"] as const).map((then): EndingCase => ({
    name: `no status, then ${then}`,
    fault: { status: "omit", then },
    outcome: "lost",
    whole: false,
  })),
  {
    name: "an invalid status",
    fault: { status: { garbage: "{no" } },
    outcome: null,
    whole: true,
  },
  {
    name: "the signal, mid-session",
    act: (_, abort) => abort(),
    outcome: "reason",
    whole: false,
  },
  {
    name: "stdin aborted",
    act: (session) => session.stdin.abort(reason),
    outcome: "reason",
    whole: false,
  },
  {
    name: "close(), mid-session",
    act: (session) => session.close(),
    outcome: null,
    whole: false,
  },
  {
    name: "disposal, mid-session",
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
        ignoreError(act(session, () => controller.abort(reason))),
      );
    } else waits.add("write", ignoreError(session.write("\n")));
    await waits.settled();

    check(await exitCode, outcome);
    checkAlike(await status, await exitCode);
    assertEquals([stdout.text, stderr.text], ["out\n", "err\n"]);
    for (const channel of [await out, await err]) {
      assertEquals("value" in channel, whole, `${JSON.stringify(channel)}`);
    }

    const late = new SettleTracker(5_000);
    const written = late.add("write", session.write("late"));
    // Calls after the end change nothing.
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
  throw new Error(`It did not fail: ${JSON.stringify(ending.value)}`);
}

/** `waitForStatus` and `exitCode` share one outcome. */
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

async function ignoreError(act: unknown): Promise<void> {
  try {
    await act;
  } catch {
    // The other promises show how it ended.
  }
}

function asEnding<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then((value) => ({ value }), (error) => ({ error }));
}
