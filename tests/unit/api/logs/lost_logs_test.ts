// Logs that are another's, or gone: requests name a pod, and a pod or a
// container's run may be replaced between any two of them.
import { assertEquals, assertRejects } from "@std/assert";
import type { LogLinesOptions } from "../../../../src/api/logs/log_lines.ts";
import { LogNotAvailableError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { FakeBody } from "../../../support/fake_body.ts";
import { json } from "../../../support/fake_transport.ts";
import {
  RUNNING,
  type RunStatus,
  scriptedLog,
  TERMINATED,
} from "../../../support/scripted_log.ts";

type Script = Parameters<typeof scriptedLog>;

const missing = () => json({ kind: "Status", reason: "NotFound" }, 404);

/** A response of lines: the second of the minute, then the text. */
function lines(...timed: [second: number, text: string][]): FakeBody {
  const body = new FakeBody();
  for (const [second, text] of timed) {
    body.write(`2026-01-01T00:00:0${second}.5Z ${text}\n`);
  }
  return body;
}

/** What was read of a log, and how that ended. */
interface Reading {
  readonly seen: string[];
  readonly error: unknown;
  readonly requests: readonly string[];
}

/** Reads a followed log; `broken` breaks after its line. */
async function read(
  script: Script,
  options: LogLinesOptions,
  broken?: { readonly body: FakeBody; readonly line: string },
): Promise<Reading> {
  const { pods, requests } = scriptedLog(...script);
  const seen: string[] = [];
  let error: unknown = null;
  try {
    const all = pods.logs.lines("web-0", { follow: true, ...options });
    for await (const line of all) {
      seen.push(line);
      if (line === broken?.line) broken.body.fail(new TypeError("terminated"));
    }
  } catch (reason) {
    error = reason;
  }
  return { seen, error, requests };
}

const another = (second: number): RunStatus => ({
  uid: "another",
  id: "run://9",
  state: { running: { startedAt: `2026-01-01T00:00:0${second}Z` } },
});

test("logs.lines: followed, the log of the next pod of its name is not read", async () => {
  const body = lines([1, "one"]);
  const { seen, error } = await read(
    [[RUNNING, another(2)], body, lines([3, "other"])],
    {},
    { body, line: "one" },
  );
  assertEquals(seen, ["one"]);
  // The connection broke, and what came then is gone.
  assertEquals((error as LogNotAvailableError).reason, "Lost");
});

test("logs.lines: followed, after a clean end the next pod's log is no failure", async () => {
  const { seen, error } = await read([
    [RUNNING, another(2)],
    lines([1, "one"]).end(),
    lines([3, "other"]),
  ], {});
  assertEquals([seen, error], [["one"], null]);
});

test("logs.lines: followed, lines from before the next pod are the old one's", async () => {
  const body = lines([1, "one"]);
  const { seen, error } = await read(
    [[RUNNING, another(5)], body, lines([1, "one"], [2, "two"]).end()],
    {},
    { body, line: "one" },
  );
  assertEquals([seen, error], [["one", "two"], null]);
});

test("logs.lines: followed, of a pod that is gone, only a name that does not come again proves the lines", async () => {
  for (const owner of [undefined, "StatefulSet", "ReplicaSet", "Job"]) {
    const { seen, error } = await read([
      [{ ...RUNNING, ...owner && { owner } }, missing(), missing()],
      lines([1, "one"]).end(),
      lines([1, "one"], [2, "two"]).end(),
    ], {});
    const isProved = owner === "ReplicaSet" || owner === "Job";
    assertEquals(seen, isProved ? ["one", "two"] : ["one"]);
    assertEquals(error instanceof LogNotAvailableError, !isProved);
  }
});

test("logs.lines: followed, the next run's log is left for the rest of the run's", async () => {
  const body = lines([1, "one"]);
  const second = { ...another(4), uid: "u", previous: "run://1" };
  const { seen, error, requests } = await read(
    [
      [RUNNING, second],
      body,
      lines([4, "another run"]),
      lines([1, "one"], [2, "two"]).end(),
      lines([2, "two"]).end(),
    ],
    {},
    { body, line: "one" },
  );
  assertEquals([seen, error], [["one", "two"], null]);
  assertEquals(requests.filter((it) => it.includes("previous")).length, 2);
});

test("logs.lines: followed, a log that breaks and is gone was not read to its end", async () => {
  const scripts: ((body: FakeBody) => Script)[] = [
    (body) => [[missing()], body],
    (body) => [[TERMINATED], body, missing()],
    (body) => [
      [{ ...another(4), uid: "u", id: "run://3", previous: "run://2" }],
      body,
      missing(),
    ],
  ];
  for (const script of scripts) {
    const body = lines([1, "one"]);
    const { seen, error } = await read(script(body), {}, { body, line: "one" });
    assertEquals(seen, ["one"]);
    const { pod, reason } = error as LogNotAvailableError;
    assertEquals([pod, reason], ["web-0", "Lost"]);
  }
});

test("logs.lines: followed over restarts, the run before the current one is read too", async () => {
  const third = {
    ...another(6),
    uid: "u",
    id: "run://3",
    previous: "run://2",
    restarts: 2,
  };
  const { seen, error } = await read([
    [
      { ...TERMINATED, restarts: 0 },
      third,
      third,
      third,
      third,
      { ...third, state: TERMINATED.state, phase: "Succeeded" },
    ],
    lines([1, "one"]).end(),
    lines([1, "one"]).end(),
    lines([3, "two"]).end(),
    lines([3, "two"]).end(),
    lines([6, "three"]).end(),
    lines([6, "three"]).end(),
  ], { restarts: true });
  assertEquals([seen, error], [["one", "two", "three"], null]);
});

test("logs.lines: followed over restarts, runs that were missed are an error", async () => {
  const fourth = {
    ...another(6),
    uid: "u",
    id: "run://4",
    previous: "run://3",
    restarts: 3,
  };
  const { pods } = scriptedLog(
    [{ ...TERMINATED, restarts: 0 }, fourth],
    lines([1, "one"]).end(),
    lines([1, "one"]).end(),
  );
  const all = pods.logs.lines("web-0", { follow: true, restarts: true });
  const error: LogNotAvailableError = await assertRejects(
    () => Array.fromAsync(all),
    LogNotAvailableError,
    "the log of one run is gone, and was not read",
  );
  assertEquals(error.reason, "Lost");
});

test("logs.lines: followed over restarts, a count of its own makes no run missed", async () => {
  const second = {
    ...TERMINATED,
    uid: "u",
    id: "run://2",
    previous: "run://1",
    restarts: 2,
  };
  const ended = { ...second, phase: "Failed" };
  const { seen, error } = await read([
    [{ ...TERMINATED, restarts: 0 }, second, ended],
    lines([1, "one"]).end(),
    lines([1, "one"]).end(),
    lines([5, "two"]).end(),
    lines([5, "two"]).end(),
  ], { restarts: true });
  assertEquals([seen, error], [["one", "two"], null]);
});
