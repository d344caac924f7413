import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { decodeText } from "../../../../src/bytes.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  ConnectionLostError,
  LogNotAvailableError,
  PodwireError,
} from "../../../../src/errors.ts";
import { Api } from "../../../../src/api/api.ts";
import type { LogLinesOptions } from "../../../../src/api/logs/log_lines.ts";
import { Pod } from "../../../../src/client/resources.ts";
import { test } from "../../../harness.ts";
import { json, text } from "../../../support/fake_transport.ts";
import { FakeBody } from "../../../support/fake_body.ts";
import { scriptedApi } from "../../../support/scripted_api.ts";
import {
  RUNNING,
  scriptedLog,
  TERMINATED,
} from "../../../support/scripted_log.ts";
import { withMemory } from "../../testing/with_memory.ts";

const LOG = "GET /prefix/api/v1/namespaces/team/pods/web-0/log";
const refused = new ConnectError("no", { code: "ECONNREFUSED" });

/** The time of a line, so many milliseconds into a minute. */
function at(milliseconds: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, 0, milliseconds)).toISOString();
}

test("logs.text: the whole text", async () => {
  const { pods, requests } = scriptedApi(text("one\ntwö"));
  assertEquals(await pods.logs.text("web-0", { tailLines: 2 }), "one\ntwö");
  assertEquals(requests, [`${LOG}?tailLines=2`]);
});

test("logs.stream: without follow, the bytes so far", async () => {
  const { pods, requests } = scriptedApi(text("one\ntwö"));
  const stream = await pods.logs.stream("web-0", { tailLines: 2 });
  assertEquals(await new Response(stream).text(), "one\ntwö");
  assertEquals(requests, [`${LOG}?tailLines=2`]);
});

test("logs.stream: followed, the bytes as they arrive, until it is cancelled", async () => {
  const body = new FakeBody();
  const { pods, requests } = scriptedApi(body);
  const options = { follow: true, container: "main" } as const;
  const stream = await pods.logs.stream("web-0", options);
  assertEquals(requests, [`${LOG}?container=main&follow=true`]);
  const reader = stream.getReader();
  for (const word of ["one", "two"]) {
    const read = reader.read();
    body.write(word);
    assertEquals(decodeText((await read).value!), word);
  }
  await reader.cancel();
  await body.released;
});

test("logs.stream: a connection that breaks fails the stream", async () => {
  const body = new FakeBody();
  const { pods } = scriptedApi(body);
  const stream = await pods.logs.stream("web-0", { follow: true });
  body.fail(new TypeError("terminated"));
  await assertRejects(() => stream.getReader().read(), ConnectionLostError);
});

test("logs.stream: the timeout covers the time to the answer, the signal the whole stream", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const body = new FakeBody();
  const { pods } = scriptedApi(body);
  const stream = await pods.logs.stream("web-0", {
    follow: true,
    timeout: 30,
    signal,
  });
  await new Promise((resolve) => setTimeout(resolve, 60));
  const read = stream.getReader().read();
  controller.abort("enough");
  assertEquals(await read.catch((reason) => reason), "enough");
  await assertRejects(
    () => pods.logs.stream("web-0", { follow: true, timeout: 20 }),
    CallTimeoutError,
    'Cannot get log of pods "web-0" in namespace "team"',
  );
});

test("logs: a refusal names the right that is needed", async () => {
  const { pods } = scriptedApi(
    json({ kind: "Status", reason: "Forbidden" }, 403),
  );
  await assertRejects(
    () => pods.logs.text("web-0"),
    ApiError,
    "(needs the right to get pods/log)",
  );
});

test("logs: bad options and names are refused before anything is sent", async () => {
  const { pods, requests } = scriptedApi();
  await assertRejects(() => pods.logs.text(""), TypeError, "no name is given");
  await assertRejects(() => pods.logs.text("a", { tailLines: -1 }), RangeError);
  const follow = { follow: true } as object;
  await assertRejects(
    () => pods.logs.text("a", follow),
    TypeError,
    "a text has an end",
  );
  assertThrows(() => pods.logs.lines("a", { sinceSeconds: 0 }), RangeError);
  const limited = { limitBytes: 5 } as Record<string, number>;
  assertThrows(
    () => pods.logs.lines("a", limited),
    TypeError,
    "limitBytes may cut a line",
  );
  assertEquals(requests, []);
});

test("logs.lines: every line, the unterminated last one included", async () => {
  const { pods, requests } = scriptedApi(text("one\n\nthree"));
  const lines = pods.logs.lines("web-0", { previous: true });
  assertEquals(await Array.fromAsync(lines), ["one", "", "three"]);
  assertEquals(requests, [`${LOG}?previous=true`]);
});

test("logs.lines: leaving the loop closes the connection", async () => {
  const body = new FakeBody().write("one\ntwo\n");
  const { pods } = scriptedApi(body);
  for await (const line of pods.logs.lines("web-0")) {
    assertEquals(line, "one");
    break;
  }
  await body.released;
});

/** The query of a request for what comes after a second of the minute. */
const since = (second: number, rest = "&follow=true") =>
  `${rest}&timestamps=true&sinceTime=2026-01-01T00%3A00%3A0${second}Z`
    .replace("&", "?");

/** A response of timed lines: seconds, then the text. */
function lines(...timed: [milliseconds: number, text: string][]): FakeBody {
  const body = new FakeBody();
  for (const [time, text] of timed) body.write(`${at(time)} ${text}\n`);
  return body;
}

/** Reads the followed log of `web-0` to its end. */
function read(
  pods: Api<typeof Pod>,
  options: LogLinesOptions = {},
): Promise<string[]> {
  return Array.fromAsync(
    pods.logs.lines("web-0", { follow: true, ...options }),
  );
}

test("logs.lines: followed, a broken connection is resumed, every line is read once", async () => {
  const broken = lines([900, "one"], [1100, "two"], [1200, "three"])
    .write(`${at(1250)} fo`);
  const ended = lines([1100, "two"], [1200, "three"], [1250, "four"])
    .write("rotated\n").write(`${at(2000)} five`).end();
  const rest = lines([1100, "two"], [1200, "three"], [1250, "four"])
    .write(`${at(2000)} five`).end();
  const retries: Error[] = [];
  const { pods, requests } = scriptedLog(
    [RUNNING, RUNNING, RUNNING, TERMINATED],
    broken,
    refused,
    ended,
    rest,
  );
  const all = pods.logs.lines("web-0", {
    follow: true,
    tailLines: 5,
    onRetry: (error) => retries.push(error),
  });
  const seen: string[] = [];
  for await (const line of all) {
    seen.push(line);
    if (line === "three") broken.fail(new TypeError("terminated"));
  }
  assertEquals(seen, ["one", "two", "three", "four", "rotated", "five"]);
  assertEquals(requests, [
    "log?follow=true&timestamps=true&tailLines=5",
    "pod",
    `log${since(1)}`,
    "pod",
    `log${since(1)}`,
    // Whose log it is, then whether the run has ended.
    "pod",
    "pod",
    "log?timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z",
    // Whose line the unterminated one is.
    "pod",
  ]);
  assertEquals(retries.map(({ name }) => name), [
    "ConnectionLostError",
    "ConnectError",
  ]);
});

test("logs.lines: followed, a response that ends while the container runs is resumed", async () => {
  const cut = lines([1100, "one"]).write(`${at(1200)} tw`).end();
  const idle = lines([1100, "one"], [1200, "two"]).end();
  const whole = lines([1200, "two"], [2000, "three"]).end();
  const retries: Error[] = [];
  const { pods, requests } = scriptedLog(
    [RUNNING, RUNNING, RUNNING, RUNNING, TERMINATED],
    cut,
    idle,
    whole,
    lines([2000, "three"]).end(),
  );
  const onRetry = (error: Error) => retries.push(error);
  assertEquals(await read(pods, { onRetry }), ["one", "two", "three"]);
  assertEquals(requests.length, 9);
  assertEquals(retries.map(({ message }) => message), [
    'Cannot get log of pods "web-0" in namespace "team": the response ended while the container runs',
    'Cannot get log of pods "web-0" in namespace "team": the response ended while the container runs',
  ]);
});

test("logs.lines: followed, a pod status that lags behind the log is no failure", async () => {
  const { pods } = scriptedLog(
    [RUNNING, RUNNING, TERMINATED],
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
  );
  const onRetry = (error: Error) => {
    throw error;
  };
  assertEquals(await read(pods, { onRetry }), ["one"]);
});

test("logs.lines: followed, lines lost before the container ended are read at the end", async () => {
  const { pods } = scriptedLog(
    [TERMINATED],
    lines([1100, "one"]).write(`${at(1150)} tw`).end(),
    lines([1100, "one"], [1150, "two"]).write(`${at(1200)} three`).end(),
    lines([1100, "one"], [1150, "two"]).write(`${at(1200)} three`).end(),
  );
  assertEquals(await read(pods), ["one", "two", "three"]);
});

test("logs.lines: followed, the rest of an ended run may be cut, too", async () => {
  const whole = () => lines([1100, "one"], [1150, "two"], [1200, "three"]);
  for (
    const [cut, ...options] of [
      [lines([1100, "one"]).write(`${at(1150)} tw`)],
      [lines([1100, "one"], [1150, "two"])],
      [new FakeBody()],
      [lines([1100, "one"], [1150, "two"]), { previous: true }],
    ] as const
  ) {
    const { pods } = scriptedLog(
      [TERMINATED],
      lines([1100, "one"]).write(`${at(1150)} t`).end(),
      cut.end(),
      whole().end(),
      whole().end(),
    );
    assertEquals(await read(pods, ...options), ["one", "two", "three"]);
  }
});

test("logs.lines: followed, the log of an ended run may be gone", async () => {
  const rotated = () => lines([1200, "three"]).end();
  const { pods, requests } = scriptedLog(
    [TERMINATED],
    lines([1100, "one"], [1200, "three"]).end(),
    rotated(),
    rotated(),
    rotated(),
  );
  assertEquals(await read(pods), ["one", "three"]);
  assertEquals(requests.filter((it) => it !== "pod").length, 4);
  const removed = scriptedLog(
    [TERMINATED],
    lines([1100, "one"]).write(`${at(1200)} two`).end(),
    json({ kind: "Status", reason: "NotFound" }, 404),
  );
  assertEquals(await read(removed.pods), ["one", "two"]);
});

test("logs.lines: followed, the rest of a replaced run comes from the previous log", async () => {
  const replaced = { ...RUNNING, id: "run://2", previous: "run://1" };
  const { pods, requests } = scriptedLog(
    [RUNNING, replaced],
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
    lines([1100, "one"], [1150, "two"]).end(),
    lines([1100, "one"], [1150, "two"]).end(),
  );
  assertEquals(await read(pods), ["one", "two"]);
  assertEquals(
    requests.at(-1),
    "log?previous=true&timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z",
  );
});

test("logs.lines: followed, a run that began after the last line is another", async () => {
  const state = { running: { startedAt: "2026-01-01T00:00:09Z" } };
  const { pods } = scriptedLog(
    [{ id: "run://2", state, previous: "run://1" }],
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
  );
  assertEquals(await read(pods), ["one"]);
});

test("logs.lines: followed, it ends with the pod", async () => {
  const another = {
    uid: "another",
    state: { running: { startedAt: "2026-01-01T00:00:09Z" } },
  };
  const { pods } = scriptedLog(
    [RUNNING, another],
    lines([1100, "one"]).end(),
    lines([1150, "two"]).write(`${at(1200)} three`).end(),
  );
  assertEquals(await read(pods), ["one", "two", "three"]);
});

test("logs.lines: followed, without the right to get the pod an end is believed when it repeats", async () => {
  const { pods, requests } = scriptedLog(
    [json({ kind: "Status", reason: "Forbidden" }, 403)],
    lines([1100, "one"]).write(`${at(1200)} tw`).end(),
    lines([1100, "one"], [1200, "two"]).end(),
    lines([1100, "one"], [1200, "two"]).end(),
  );
  assertEquals(await read(pods), ["one", "two"]);
  assertEquals(requests.filter((it) => it === "pod").length, 1);
  assertEquals(requests.length, 4);
});

test("logs.lines: followed, without the right to get the pod it waits between responses", async () => {
  const { pods } = scriptedLog(
    [json({ kind: "Status", reason: "Forbidden" }, 403)],
    ...Array.from({ length: 5 }, (_, i) => lines([i * 1000, `${i}`]).end()),
  );
  const begun = performance.now();
  const all = pods.logs.lines("web-0", { follow: true });
  for (let i = 0; i < 5; i++) assertEquals((await all.next()).value, `${i}`);
  // Four delays of at least half of the first.
  assert(performance.now() - begun > 150);
  await all.return!();
});

test("logs.lines: followed, getting the pod is retried", async () => {
  const retries: Error[] = [];
  const { pods } = scriptedLog(
    [refused, TERMINATED],
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
  );
  const onRetry = (error: Error) => retries.push(error);
  assertEquals(await read(pods, { onRetry }), ["one"]);
  assertEquals(retries, [refused]);
});

test("logs.lines: followed, a container that restarts meanwhile is no error", async () => {
  const waiting = () =>
    json({
      kind: "Status",
      reason: "BadRequest",
      message: 'container "main" in pod "web-0" is waiting to start: ' +
        "ContainerCreating",
    }, 400);
  const broken = lines([1100, "one"]);
  const { pods } = scriptedLog(
    [RUNNING, { ...RUNNING, state: { waiting: {} } }],
    broken,
    waiting(),
    waiting(),
  );
  const all = pods.logs.lines("web-0", { follow: true });
  assertEquals((await all.next()).value, "one");
  broken.end();
  assertEquals((await all.next()).done, true);
});

test("logs.lines: followed, a pod that waits for its node has not ended", async () => {
  const pending = { state: {}, phase: "Pending" };
  const { pods } = scriptedLog(
    [pending, { state: { waiting: {} }, phase: "Pending" }, TERMINATED],
    text(""),
    text(""),
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
  );
  assertEquals(await read(pods), ["one"]);
});

test("logs.lines: followed, an answer that is no pod leaves the state unknown", async () => {
  const strange = [
    text("<html>"),
    json({ status: { containerStatuses: 5 } }),
    json({ metadata: 1, status: { containerStatuses: [null] } }),
  ];
  for (const answer of strange) {
    const { pods } = scriptedLog(
      [answer, TERMINATED],
      lines([1100, "one"]).end(),
      lines([1100, "one"]).end(),
      lines([1100, "one"]).end(),
    );
    assertEquals(await read(pods), ["one"]);
  }
});

test("logs.lines: followed over restarts, it goes on with the next run", async () => {
  const second = {
    id: "run://2",
    state: { running: { startedAt: "2026-01-01T00:00:05Z" } },
    previous: "run://1",
  };
  const { pods, requests } = scriptedLog(
    [
      TERMINATED,
      { ...TERMINATED, state: { waiting: {} } },
      second,
      { ...second, state: TERMINATED.state, phase: "Succeeded" },
    ],
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
    lines([5100, "one again"]).end(),
    lines([5100, "one again"]).end(),
  );
  const options = { restarts: true, tailLines: 1 };
  assertEquals(await read(pods, options), ["one", "one again"]);
  const logs = requests.filter((it) => it !== "pod");
  assertEquals(logs[2], "log?follow=true&timestamps=true");
});

test("logs.lines: followed over restarts, a container that will not run again ends it", async () => {
  const over = (exitCode: number) => ({
    ...TERMINATED,
    state: { terminated: { exitCode, containerID: "run://1" } },
  });
  const policies: [object, exitCode: number][] = [
    [{ restartPolicy: "Never" }, 1],
    [{ restartPolicy: "OnFailure" }, 0],
    [{ containers: [{ name: "main", restartPolicy: "Never" }] }, 0],
    [{ containers: [{ name: "a" }], initContainers: [{ name: "main" }] }, 0],
    [{ containers: [{ name: "a" }] }, 1],
  ];
  for (const [spec, exitCode] of policies) {
    const { pods } = scriptedLog(
      [{ ...over(exitCode), spec }],
      lines([1100, "one"]).end(),
      lines([1100, "one"]).end(),
    );
    const options = { restarts: true, container: "main" };
    assertEquals(await read(pods, options), ["one"]);
  }
});

test("logs.lines: followed over restarts, the current run comes after the previous", async () => {
  const current = { ...RUNNING, id: "run://2", previous: "run://1" };
  const { pods, requests } = scriptedLog(
    [current, { ...current, state: TERMINATED.state, phase: "Failed" }],
    lines([1100, "one"]).end(),
    lines([1100, "one"]).end(),
    lines([5100, "two"]).end(),
    lines([5100, "two"]).end(),
  );
  const options = { restarts: true, previous: true };
  assertEquals(await read(pods, options), ["one", "two"]);
  assertEquals(requests.filter((it) => it !== "pod"), [
    "log?follow=true&previous=true&timestamps=true",
    "log?previous=true&timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z",
    "log?follow=true&timestamps=true",
    "log?timestamps=true&sinceTime=2026-01-01T00%3A00%3A05Z",
  ]);
});

test("logs.lines: followed, the last lines come once after a cut in their second", async () => {
  const hundred = Array.from(
    { length: 100 },
    (_, i): [number, string] => [1000 + i, `line ${i + 1}`],
  );
  const first = lines(...hundred.slice(-3));
  const { pods } = scriptedLog(
    [RUNNING, TERMINATED],
    first,
    lines(...hundred, [2000, "new"]).end(),
    lines([2000, "new"]).end(),
  );
  const seen: string[] = [];
  const options = { follow: true, tailLines: 3 };
  for await (const line of pods.logs.lines("web-0", options)) {
    seen.push(line);
    if (line === "line 100") first.fail(new TypeError("terminated"));
  }
  assertEquals(seen, ["line 98", "line 99", "line 100", "new"]);
});

test("logs.lines: followed, the rest of a long line that an answer begins with is no line", async () => {
  const broken = lines([1100, "begin"], [2100, "two"]);
  const { pods } = scriptedLog(
    [RUNNING, TERMINATED],
    broken,
    new FakeBody().write("the rest of a part\n")
      .write(`${at(2100)} two\n${at(2200)} three\n`).end(),
    lines([2100, "two"], [2200, "three"]).end(),
  );
  const seen: string[] = [];
  for await (const line of pods.logs.lines("web-0", { follow: true })) {
    seen.push(line);
    if (line === "two") broken.fail(new TypeError("terminated"));
  }
  assertEquals(seen, ["begin", "two", "three"]);
});

test("logs.lines: a message of the server in place of a log is read", async () => {
  const words = "unable to retrieve container logs for containerd://1";
  for (const options of [{}, { tailLines: 5 }]) {
    for (const end of ["", "\n"]) {
      const { pods } = scriptedLog(
        [TERMINATED],
        text(words + end),
        text(words + end),
      );
      assertEquals(await read(pods, options), [words]);
    }
  }
});

test("logs.lines: followed, a server that writes no times is read line by line", async () => {
  const body = new FakeBody().write("one\ntwo\nthree\n");
  const { pods } = scriptedLog([RUNNING], body);
  const options = { follow: true, tailLines: 3 };
  const all = pods.logs.lines("web-0", options);
  const seen = [];
  for (let i = 0; i < 3; i++) seen.push((await all.next()).value);
  assertEquals(seen, ["one", "two", "three"]);
  await all.return!();
});

test("logs.lines: a terminal's line ends are line ends", async () => {
  const { pods } = scriptedLog(
    [TERMINATED],
    lines([1100, "one\r"], [1200, "over\r"]).end(),
    lines([1100, "one\r"], [1200, "over\r"]).end(),
  );
  assertEquals(await read(pods), ["one", "over"]);
  const plain = scriptedLog([], text("one\r\nover\r\n"));
  assertEquals(await Array.fromAsync(plain.pods.logs.lines("web-0")), [
    "one",
    "over",
  ]);
});

test("logs.lines: an option that is undefined is absent", async () => {
  const { pods } = scriptedLog([], text("one\n"));
  const options = { limitBytes: undefined } as LogLinesOptions;
  assertEquals(await Array.fromAsync(pods.logs.lines("web-0", options)), [
    "one",
  ]);
});

test("logs.lines: followed with timestamps, each line has its time", async () => {
  const { pods } = scriptedLog(
    [TERMINATED],
    lines([1, "one"]).end(),
    lines([1, "one"]).end(),
  );
  assertEquals(await read(pods, { timestamps: true }), [`${at(1)} one`]);
});

test("logs.lines: followed, a connection that breaks before the first line repeats the request", async () => {
  const broken = new FakeBody();
  const { pods, requests } = scriptedLog(
    [RUNNING],
    broken,
    lines([1, "one"]),
  );
  const all = pods.logs.lines("web-0", { follow: true, sinceSeconds: 60 });
  const first = all.next();
  broken.fail(new TypeError("terminated"));
  assertEquals((await first).value, "one");
  assertEquals(requests[0], requests[2]);
  await all.return!();
});

test("logs.lines: followed without old lines, those written during a gap are read", async () => {
  const broken = new FakeBody();
  const { pods, requests } = scriptedLog([RUNNING], broken, lines([1, "one"]));
  const all = pods.logs.lines("web-0", { follow: true, tailLines: 0 });
  const first = all.next();
  broken.fail(new TypeError("terminated"));
  assertEquals((await first).value, "one");
  assertEquals(requests[2], "log?follow=true&timestamps=true&sinceSeconds=1");
  await all.return!();
});

test("logs.lines: failures before the first answer and lasting failures are thrown", async () => {
  const first = scriptedLog([RUNNING], refused);
  await assertRejects(() => read(first.pods), ConnectError);
  const missing = json({ kind: "Status", reason: "NotFound" }, 404);
  const broken = new FakeBody();
  const later = scriptedLog([RUNNING], broken, missing);
  const pending = read(later.pods);
  broken.fail(new TypeError("terminated"));
  await assertRejects(() => pending, ApiError, "404");
});

test("logs.lines: an exception from onRetry ends it", async () => {
  const broken = new FakeBody();
  const { pods } = scriptedLog([RUNNING], broken);
  const reason = new ConnectError("mine", { code: "ECONNRESET" });
  const pending = read(pods, {
    onRetry() {
      throw reason;
    },
  });
  broken.fail(new TypeError("terminated"));
  assertEquals(await assertRejects(() => pending), reason);
});

test("logs.lines: the signal and client.close() end it", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const { pods, client } = scriptedApi(new FakeBody(), new FakeBody());
  const options = { follow: true, signal };
  const aborted = pods.logs.lines("web-0", options).next();
  const closed = pods.logs.lines("web-0", { follow: true }).next();
  await Promise.resolve();
  controller.abort("enough");
  assertEquals(await aborted.catch((reason) => reason), "enough");
  await client.close();
  await assertRejects(() => closed, PodwireError, "the client is closed");
});

test("logs.lines: followed, lines of a server that writes no times come once", async () => {
  const all = "one\ntwo\n2026-99-99T00:00:00Z three\n";
  for (const options of [{}, { tailLines: 9 }]) {
    const { pods } = scriptedLog(
      [RUNNING, TERMINATED],
      text(all),
      text(`${all}four\nfi`),
      text(`${all}four\nfive\n`),
      text(`${all}four\nfive\n`),
    );
    assertEquals(await read(pods, options), [
      ...all.trim().split("\n"),
      "four",
      "five",
    ]);
  }
});

test("logs.lines: followed, a pod of an unexpected shape is an unknown one", async () => {
  const pods = [
    { metadata: null, spec: null, status: null },
    { spec: { containers: {} }, status: { containerStatuses: {} } },
    { spec: { containers: [null] }, status: { containerStatuses: [null] } },
    { spec: 5, status: { containerStatuses: 7, phase: [] } },
    { status: { containerStatuses: [{ name: "main", state: 7 }] } },
  ];
  for (const pod of pods) {
    const { pods } = scriptedLog(
      [json(pod), json(pod)],
      lines([1100, "one"]).end(),
      lines([1100, "one"]).end(),
    );
    assertEquals(await read(pods, { container: "main" }), ["one"]);
  }
});

test("logs.lines: followed, a container that never starts ends with its pod", async () => {
  const waiting = { state: { waiting: { reason: "PodInitializing" } } };
  const { pods } = scriptedLog(
    [waiting, { ...waiting, phase: "Failed" }],
    text(""),
    text(""),
    text(""),
  );
  assertEquals(await read(pods), []);
});

test("logs.all: no error has the token, also where the cluster's words have it", () =>
  withMemory(
    async (client) => {
      const api = new Api(Pod, { client });
      await api.create({
        metadata: { name: "web-0", labels: { app: "web" } },
        spec: {
          containers: [{ name: "main", image: `registry.invalid/${TOKEN}` }],
        },
      });
      const target = { labelSelector: "app=web" };
      const { message } = await assertRejects(
        () => Array.fromAsync(api.logs.all(target, { follow: true })),
        LogNotAvailableError,
        "registry.invalid/***",
      );
      assertEquals(message.includes(TOKEN), false);
    },
    {},
    { server: "https://memory", token: TOKEN },
  ));

const TOKEN = "secret-token-of-the-caller";
