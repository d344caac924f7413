import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { decodeText } from "../../../../src/bytes.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  ConnectionLostError,
  PodwireError,
} from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { json, text } from "../../../support/fake_transport.ts";
import { FakeBody } from "../../../support/fake_body.ts";
import { scriptedApi } from "../../../support/scripted_api.ts";

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

test("logs.stream: without follow, the bytes that there are", async () => {
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

test("logs.lines: followed, a broken connection is resumed, every line is read once", async () => {
  const broken = new FakeBody()
    .write(
      `${at(900)} one\n${at(1100)} two\n${at(1200)} three\n${at(1250)} fo`,
    );
  const ended = new FakeBody()
    .write(`${at(1100)} two\n${at(1200)} three\n${at(1250)} four\n`)
    .write("rotated\n").write(`${at(2000)} five`).end();
  const retries: Error[] = [];
  const { pods, requests } = scriptedApi(broken, refused, ended);
  const lines = pods.logs.lines("web-0", {
    follow: true,
    tailLines: 5,
    onRetry: (error) => retries.push(error),
  });
  const seen: string[] = [];
  for await (const line of lines) {
    seen.push(line);
    if (line === "three") broken.fail(new TypeError("terminated"));
  }
  assertEquals(seen, ["one", "two", "three", "four", "rotated", "five"]);
  assertEquals(requests.map((request) => request.slice(LOG.length)), [
    "?follow=true&timestamps=true&tailLines=5",
    "?follow=true&timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z",
    "?follow=true&timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z",
  ]);
  assertEquals(retries.length, 2);
  assert(retries[0] instanceof ConnectionLostError);
});

test("logs.lines: followed with timestamps, each line has its time", async () => {
  const body = new FakeBody().write(`${at(1)} one\n`).end();
  const { pods } = scriptedApi(body);
  const lines = pods.logs.lines("web-0", { follow: true, timestamps: true });
  assertEquals(await Array.fromAsync(lines), [`${at(1)} one`]);
});

test("logs.lines: followed, a connection that breaks before the first line repeats the request", async () => {
  const broken = new FakeBody();
  const whole = new FakeBody().write(`${at(1)} one\n`).end();
  const { pods, requests } = scriptedApi(broken, whole);
  const lines = pods.logs.lines("web-0", { follow: true, sinceSeconds: 60 });
  const first = lines.next();
  broken.fail(new TypeError("terminated"));
  assertEquals((await first).value, "one");
  assertEquals(requests[0], requests[1]);
  await lines.return!();
});

test("logs.lines: failures before the first answer and lasting failures are thrown", async () => {
  const first = scriptedApi(refused);
  const lines = first.pods.logs.lines("web-0", { follow: true });
  await assertRejects(() => lines.next(), ConnectError);
  const missing = json({ kind: "Status", reason: "NotFound" }, 404);
  const broken = new FakeBody();
  const later = scriptedApi(broken, missing).pods.logs
    .lines("web-0", { follow: true });
  const pending = later.next();
  broken.fail(new TypeError("terminated"));
  await assertRejects(() => pending, ApiError, "404");
});

test("logs.lines: the signal and the client end it", async () => {
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
