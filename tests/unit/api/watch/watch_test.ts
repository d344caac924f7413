import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type { WatchEvent } from "../../../../src/api/watch/collection.ts";
import { Api } from "../../../../src/api/api.ts";
import { Pod } from "../../../../src/client/resources.ts";
import type { Transport } from "../../../../src/transport/transport.ts";
import {
  ApiError,
  CallTimeoutError,
  ConfigurationError,
  ConnectError,
  ConnectionLostError,
  PodwireError,
  ProtocolError,
} from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { fakeClient } from "../../../support/fake_client.ts";
import { json, text } from "../../../support/fake_transport.ts";
import { FakeBody } from "../../../support/fake_body.ts";
import {
  EXPIRED,
  list,
  pod,
  scriptedApi,
  versionIn,
  watching,
} from "../../../support/scripted_api.ts";

import { assertHidden } from "../../../support/secrets.ts";
import { rejection } from "../../../support/async.ts";

const refused = new ConnectError("no", { code: "ECONNREFUSED" });

/** A client that asks `token` for each request. */
function withToken(transport: Transport, token: () => Promise<string>) {
  return fakeClient(transport, {}, { token });
}

function word({ type, object }: WatchEvent<Pod>): string {
  return `${type} ${object.metadata.name} ${object.metadata.resourceVersion}`;
}

/** The first `count` events, then the loop is left. */
async function take(
  events: AsyncIterable<WatchEvent<Pod>>,
  count: number,
): Promise<string[]> {
  const words: string[] = [];
  for await (const event of events) {
    words.push(word(event));
    if (words.length === count) break;
  }
  return words;
}

test("watch: existing objects, then their changes", async () => {
  const events = watching(
    ["ADDED", pod("c", 3)],
    ["MODIFIED", pod("a", 4)],
    ["DELETED", pod("b", 5)],
  );
  const { pods, requests } = scriptedApi(
    list(2, pod("a", 1), pod("b", 2)),
    events,
  );
  assertEquals(await take(pods.watch({ labelSelector: "app=web" }), 5), [
    "ADDED a 1",
    "ADDED b 2",
    "ADDED c 3",
    "MODIFIED a 4",
    "DELETED b 5",
  ]);
  await events.released;
  const path =
    "GET /prefix/api/v1/namespaces/team/pods?labelSelector=app%3Dweb";
  assertEquals(requests, [
    `${path}&limit=500`,
    `${path}&watch=true&allowWatchBookmarks=true&timeoutSeconds=290` +
    "&resourceVersion=2",
  ]);
});

test("watch: the list comes in pages", async () => {
  const page = json({
    metadata: { resourceVersion: "1", continue: "next" },
    items: [pod("a", 1)],
  });
  const { pods, requests } = scriptedApi(page, list(1, pod("b", 1)));
  assertEquals(await take(pods.watch({ allNamespaces: true }), 2), [
    "ADDED a 1",
    "ADDED b 1",
  ]);
  assertEquals(requests, [
    "GET /prefix/api/v1/pods?limit=500",
    "GET /prefix/api/v1/pods?limit=500&continue=next",
  ]);
});

test("watch: with a resourceVersion, only later changes", async () => {
  const { pods, requests } = scriptedApi(watching(["ADDED", pod("a", 8)]));
  assertEquals(await take(pods.watch({ resourceVersion: "7" }), 1), [
    "ADDED a 8",
  ]);
  assertEquals(requests.map(versionIn), ["7"]);
});

test("watch: a connection that ends or breaks is replaced, from the last version", async () => {
  const retries: Error[] = [];
  const bookmark = { kind: "Pod", metadata: { resourceVersion: "9" } };
  const { pods, requests } = scriptedApi(
    list(1),
    watching(["ADDED", pod("a", 2)]).end(),
    watching(["MODIFIED", pod("a", 3)], ["BOOKMARK", bookmark])
      .write('{"type":"MODIFIED","obj').end(),
    refused,
    json({ kind: "Status", code: 503, reason: "ServiceUnavailable" }, 503),
    watching(["DELETED", pod("a", 10)]),
  );
  const onRetry = (error: Error) => retries.push(error);
  assertEquals(await take(pods.watch({ onRetry }), 3), [
    "ADDED a 2",
    "MODIFIED a 3",
    "DELETED a 10",
  ]);
  assertEquals(requests.slice(1).map(versionIn), ["1", "2", "9", "9", "9"]);
  assertEquals(retries.map(({ name }) => name), ["ConnectError", "ApiError"]);
});

test("watch: a body that breaks is survived, whatever the transport's error", async () => {
  const broken = watching(["ADDED", pod("a", 2)]);
  const { pods } = scriptedApi(
    list(1),
    broken,
    watching(["DELETED", pod("a", 3)]),
  );
  const retries: Error[] = [];
  const events = pods.watch({ onRetry: (error) => retries.push(error) });
  assertEquals(word((await events.next()).value), "ADDED a 2");
  broken.fail(new TypeError("terminated"));
  assertEquals(word((await events.next()).value), "DELETED a 3");
  assert(retries[0] instanceof ConnectionLostError);
  await events.return!();
});

for (
  const [how, gone] of [
    ["in an event", () => watching(["ERROR", EXPIRED])],
    ["as an answer", () => json(EXPIRED, 410)],
  ] as const
) {
  test(`watch: a version that is gone (${how}): listed anew, told as the difference`, async () => {
    const { pods, requests } = scriptedApi(
      list(2, pod("a", 1), pod("b", 2)),
      gone(),
      list(9, pod("b", 7), pod("c", 8)),
      watching(["MODIFIED", pod("c", 10)]),
    );
    assertEquals(await take(pods.watch(), 6), [
      "ADDED a 1",
      "ADDED b 2",
      "DELETED a 1",
      "MODIFIED b 7",
      "ADDED c 8",
      "MODIFIED c 10",
    ]);
    assertEquals(requests.map(versionIn), [null, "2", null, "9"]);
  });

  test(`watch: a version of the caller's that is gone (${how}) is an ApiError with 410`, async () => {
    const { pods, requests } = scriptedApi(gone());
    const events = pods.watch({ resourceVersion: "1" });
    const error = await assertRejects(() => events.next(), ApiError);
    assertEquals([error.httpStatus, error.reason], [410, "Expired"]);
    assertEquals(
      error.message,
      'Cannot watch pods in namespace "team": 410 Expired: ' +
        "too old resource version: 1 (2)",
    );
    assertEquals(requests.length, 1);
    assertEquals((await events.next()).done, true);
  });
}

test("watch: failures before the first answer and lasting failures are thrown", async () => {
  const first = scriptedApi(refused);
  await assertRejects(() => first.pods.watch().next(), ConnectError);
  const forbidden = json({ kind: "Status", reason: "Forbidden" }, 403);
  const later = scriptedApi(list(1, pod("a", 1)), forbidden);
  const error = await assertRejects(
    () => take(later.pods.watch(), 2),
    ApiError,
    "(needs the right to watch pods)",
  );
  assertEquals(error.httpStatus, 403);
});

const page = () => new FakeBody().write("<html>\n<p>hello").end();
const empty = () => new FakeBody().end();

for (const [what, answer] of [["empty", empty], ["HTML", page]] as const) {
  test(`watch: answers that are ${what} are failures, and it lists again after three`, async () => {
    const retries: Error[] = [];
    const { pods, requests } = scriptedApi(
      list(10, pod("a", 1)),
      answer(),
      answer(),
      answer(),
      list(20, pod("a", 1), pod("b", 15)),
      watching(["MODIFIED", pod("b", 21)]),
    );
    const onRetry = (error: Error) => retries.push(error);
    assertEquals(await take(pods.watch({ onRetry }), 3), [
      "ADDED a 1",
      "ADDED b 15",
      "MODIFIED b 21",
    ]);
    assertEquals(requests.map(versionIn), [null, "10", "10", "10", null, "20"]);
    assertEquals(retries.length, 3);
    assert(retries.every((error) => error instanceof ProtocolError));
  });

  test(`watch: from a version of the caller's, three answers that are ${what} are a ProtocolError`, async () => {
    const { pods, requests } = scriptedApi(answer(), answer(), answer());
    const events = pods.watch({ resourceVersion: "1" });
    await assertRejects(() => events.next(), ProtocolError);
    assertEquals(requests.map(versionIn), ["1", "1", "1"]);
  });
}

test("watch: HTML in place of the second list is a failure, twice a ProtocolError", async () => {
  const html = () => text("<html></html>");
  const gone = () => json(EXPIRED, 410);
  const { pods } = scriptedApi(
    list(1),
    gone(),
    html(),
    list(5, pod("a", 4)),
    watching(["MODIFIED", pod("a", 6)]).end(),
    gone(),
    html(),
    html(),
  );
  const events = pods.watch();
  assertEquals(word((await events.next()).value), "ADDED a 4");
  assertEquals(word((await events.next()).value), "MODIFIED a 6");
  await assertRejects(() => events.next(), ProtocolError, "is not JSON");
});

test("watch: HTML after a second list too is a ProtocolError", async () => {
  const pages = () => [page(), page(), page()];
  const { pods } = scriptedApi(list(1), ...pages(), list(1), ...pages());
  await assertRejects(
    () => pods.watch().next(),
    ProtocolError,
    'Cannot watch pods in namespace "team": an event is not JSON',
  );
});

const nested = "[".repeat(30_000) + "]".repeat(30_000);
for (
  const [what, line, state] of [
    ["a number", "42", "a line is not an event"],
    ["null", "null", "a line is not an event"],
    ["an empty object", "{}", "no known type"],
    ["a list", "[]", "a line is not an event"],
    ["a Status", '{"kind":"Status","message":"no"}', "a Status came instead"],
    ["an event without an object", '{"type":"ADDED"}', "has no object"],
    ["null for an object", '{"type":"ADDED","object":null}', "has no object"],
    ["an unknown type", '{"type":"RENAMED","object":{}}', "no known type"],
    [
      "a bookmark without a version",
      '{"type":"BOOKMARK","object":{"metadata":{}}}',
      "has no resourceVersion",
    ],
    ["an ERROR without a Status", `{"type":"ERROR","object":${nested}}`, ""],
    ["deep nesting", nested, ""],
  ] as const
) {
  const garbage = () => new FakeBody().write(line + "\n");

  test(`watch: ${what} is survived, and three times a ProtocolError`, async () => {
    const retries: Error[] = [];
    const onRetry = (error: Error) => retries.push(error);
    const { pods } = scriptedApi(
      list(1),
      garbage(),
      garbage(),
      watching(["ADDED", pod("a", 2)]),
    );
    assertEquals(await take(pods.watch({ onRetry }), 1), ["ADDED a 2"]);
    assertEquals(retries.length, 2);
    for (const error of retries) assertStringIncludes(error.message, state);
    const lasting = scriptedApi(garbage(), garbage(), garbage());
    const events = lasting.pods.watch({ resourceVersion: "1" });
    await assertRejects(() => events.next(), ProtocolError, state);
  });

  test(`waitFor: after ${what} in its watch, the object is polled`, async () => {
    const { pods } = scriptedApi(
      json(pod("a", 1)),
      list(1, pod("a", 1)),
      garbage(),
      garbage(),
      json(pod("a", 2)),
    );
    const isNew = (
      object: { metadata: { resourceVersion: string } } | undefined,
    ) => object?.metadata.resourceVersion === "2";
    const waiting = pods.waitFor("a", isNew, { interval: 1 });
    assertEquals((await waiting)?.metadata.resourceVersion, "2");
  });
}

test("watch: an ERROR with a deeply nested Status is an ApiError", async () => {
  const object = `{"code":403,"reason":"Forbidden","details":${nested}}`;
  const line = `{"type":"ERROR","object":${object}}\n`;
  const { pods } = scriptedApi(list(1), new FakeBody().write(line));
  await assertRejects(() => pods.watch().next(), ApiError, "403 Forbidden");
});

const TOO_LARGE = {
  kind: "Status",
  status: "Failure",
  code: 504,
  reason: "Timeout",
  details: { causes: [{ reason: "ResourceVersionTooLarge" }] },
};

for (
  const [how, answer] of [
    ["in an event", () => watching(["ERROR", TOO_LARGE])],
    ["as an answer", () => json(TOO_LARGE, 504)],
  ] as const
) {
  test(`watch: a version that the server does not have yet (${how}): it lists again`, async () => {
    const { pods, requests } = scriptedApi(
      list(900, pod("a", 800)),
      answer(),
      list(5, pod("a", 4)),
      watching(["DELETED", pod("a", 6)]),
    );
    assertEquals(await take(pods.watch(), 3), [
      "ADDED a 800",
      "MODIFIED a 4",
      "DELETED a 6",
    ]);
    assertEquals(requests.map(versionIn), [null, "900", null, "5"]);
  });
}

test("watch: Retry-After delays the next request", async () => {
  const limited = {
    ...text("too many requests", 429),
    headers: new Headers({ "retry-after": "1" }),
  };
  const { pods } = scriptedApi(
    list(1),
    limited,
    watching(["ADDED", pod("a", 2)]),
  );
  const begun = performance.now();
  await take(pods.watch(), 1);
  assert(performance.now() - begun > 990);
});

test("watch: a delay beyond the longest timer is no hot loop", async () => {
  const details = { retryAfterSeconds: 1e12 };
  const error = { kind: "Status", code: 429, details };
  const { pods, requests } = scriptedApi(list(1), watching(["ERROR", error]));
  const events = pods.watch();
  const pending = events.next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assertEquals(requests.length, 2);
  await events.return!();
  assertEquals((await pending).done, true);
});

test("watch: credentials that cannot be had are retried, once the server was reached", async () => {
  let calls = 0;
  let failing = [3];
  const token = () => {
    if (failing.includes(++calls)) throw new Error("plugin failed");
    return Promise.resolve("t0ken");
  };
  const answers = () => [
    list(1),
    watching(["ADDED", pod("a", 2)]).end(),
    watching(["MODIFIED", pod("a", 3)]),
  ];
  const retries: Error[] = [];
  const onRetry = (error: Error) => retries.push(error);
  const later = scriptedApi(...answers());
  const pods = new Api(Pod, { client: withToken(later.transport, token) });
  assertEquals(await take(pods.watch({ onRetry }), 2), [
    "ADDED a 2",
    "MODIFIED a 3",
  ]);
  assertEquals(retries.map(({ name }) => name), ["ConfigurationError"]);
  failing = [calls + 1];
  const first = pods.watch({ onRetry });
  await assertRejects(() => first.next(), ConfigurationError);
});

test("watch: an exception from onRetry ends it", async () => {
  const { pods } = scriptedApi(list(1, pod("a", 1)), refused);
  const onRetry = (error: Error) => {
    throw error;
  };
  const error = await assertRejects(() => take(pods.watch({ onRetry }), 2));
  assertEquals(error, refused);
});

test("watch: the timeout covers the time to the answer, not the watch", async () => {
  const slow = new FakeBody();
  const { pods } = scriptedApi(list(1), slow);
  const events = pods.watch({ timeout: 60 });
  setTimeout(() => slow.writeJson({ type: "ADDED", object: pod("a", 2) }), 150);
  assertEquals(word((await events.next()).value), "ADDED a 2");
  await events.return!();
  const never = scriptedApi(new FakeBody());
  await assertRejects(
    () => never.pods.watch({ timeout: 20 }).next(),
    CallTimeoutError,
  );
});

test("watch: the signal's reason ends it, and events already read are dropped", async () => {
  const body = watching(["ADDED", pod("a", 2)], ["ADDED", pod("b", 3)]);
  const { pods } = scriptedApi(list(1), body);
  const controller = new AbortController();
  const events = pods.watch({ signal: controller.signal });
  await events.next();
  controller.abort("enough");
  assertEquals(await events.next().catch((reason) => reason), "enough");
  assertEquals((await events.next()).done, true);
});

test("watch: the signal ends a wait between two attempts", async () => {
  const { pods } = scriptedApi(list(1, pod("a", 1)), refused);
  const controller = new AbortController();
  const events = pods.watch({
    signal: controller.signal,
    onRetry: () => setTimeout(() => controller.abort("enough"), 0),
  });
  await events.next();
  assertEquals(await events.next().catch((reason) => reason), "enough");
});

test("watch: it can be left while an event is pending", async () => {
  const body = new FakeBody();
  const { pods } = scriptedApi(list(1, pod("a", 1)), body);
  const events = pods.watch();
  await events.next();
  const pending = events.next();
  const left = events.return!();
  assertEquals([(await pending).done, (await left).done], [true, true]);
});

test("watch: closing the client ends it, also between two attempts", async () => {
  const reading = scriptedApi(list(1, pod("a", 1)), new FakeBody());
  const waiting = scriptedApi(list(1, pod("a", 1)), refused);
  for (const { pods, client } of [reading, waiting]) {
    const events = pods.watch({ onRetry: () => setTimeout(close, 0) });
    const close = () => client.close();
    await events.next();
    const pending = events.next();
    if (pods === reading.pods) await client.close();
    await assertRejects(() => pending, PodwireError, "the client is closed");
  }
});

test("watch: invalid options throw at once, and nothing is sent before the first event is requested", async () => {
  const { pods, requests } = scriptedApi();
  assertThrows(() => pods.watch({ timeout: -1 }), RangeError);
  assertThrows(() => pods.watch({ namespace: ".." }), TypeError);
  await pods.watch().return!();
  assertEquals(requests, []);
});

test("watch: the body is read as events are requested", async () => {
  const body = watching(["ADDED", pod("a", 2)]);
  const { pods } = scriptedApi(list(1), body);
  const events = pods.watch();
  await events.next();
  const { pulls } = body;
  body.writeJson({ type: "ADDED", object: pod("b", 3) });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(body.pulls, pulls);
  await events.return!();
});

test("watch: our own token in an event of the server is not quoted", async () => {
  const status = { kind: "Status", code: 400, message: "Bearer s3cret" };
  for (const event of [status, { type: "ERROR", object: status }]) {
    const { pods } = scriptedApi(list(1), new FakeBody().writeJson(event));
    const onRetry = (error: Error) => {
      throw error;
    };
    const error = await rejection(pods.watch({ onRetry }).next());
    assertStringIncludes(String(error), "Bearer ***");
    assertHidden(error, ["s3cret"]);
  }
});
