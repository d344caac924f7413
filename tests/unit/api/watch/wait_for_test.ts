import { assert, assertEquals, assertRejects } from "@std/assert";
import { isRunning } from "../../../../src/api/watch/predicates/pod_state.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  PodwireError,
  ProtocolError,
  WaitFailedError,
} from "../../../../src/errors.ts";
import type { Pod } from "../../../../src/client/resources.ts";
import { test } from "../../../harness.ts";
import { json } from "../../../support/fake_transport.ts";
import { FakeBody } from "../../../support/fake_body.ts";
import {
  list,
  pod,
  scriptedApi,
  versionIn,
  watching,
} from "../../../support/scripted_api.ts";

const missing = () => json({ kind: "Status", reason: "NotFound" }, 404);
const forbidden = () => json({ kind: "Status", reason: "Forbidden" }, 403);
const web = (version: number, phase: string) =>
  json(pod("web-0", version, phase));

test("waitFor: an object that is as wanted takes one get and no other right", async () => {
  const { pods, requests } = scriptedApi(web(1, "Running"));
  const running = await pods.waitFor("web-0", isRunning);
  assertEquals(running.status.phase, "Running");
  assertEquals(requests, ["GET /prefix/api/v1/namespaces/team/pods/web-0"]);
});

test("waitFor: it sees each state once, also one that does not last, then lets go", async () => {
  const events = watching(
    ["MODIFIED", pod("web-0", 3, "Running")],
    ["MODIFIED", pod("web-0", 4, "Succeeded")],
  );
  const { pods, requests } = scriptedApi(
    missing(),
    list(2, pod("web-0", 2, "Pending")),
    events,
  );
  const seen: unknown[] = [];
  const running = await pods.waitFor("web-0", (it) => {
    seen.push(it?.status?.phase);
    return it?.status?.phase === "Running";
  });
  assertEquals(running?.metadata.resourceVersion, "3");
  assertEquals(seen, [undefined, "Pending", "Running"]);
  await events.released;
  const selector = "fieldSelector=metadata.name%3Dweb-0";
  assert(requests.slice(1).every((request) => request.includes(selector)));
  assertEquals(requests.map(versionIn), [null, null, "2"]);
});

test("waitFor: an object that is gone is undefined to the predicate", async () => {
  const { pods } = scriptedApi(
    web(1, "Running"),
    list(5, pod("web-0", 1, "Running")),
    watching(["DELETED", pod("web-0", 6, "Running")]),
  );
  const seen: unknown[] = [];
  const gone = await pods.waitFor("web-0", (it) => {
    seen.push(it?.status?.phase);
    return it === undefined;
  });
  assertEquals(gone, undefined);
  assertEquals(seen, ["Running", undefined]);
});

test("waitFor: other objects are ignored, even if the server selects them", async () => {
  const { pods } = scriptedApi(
    missing(),
    list(1, pod("other", 1)),
    watching(["ADDED", pod("another", 2)], ["ADDED", pod("web-0", 3)]),
  );
  const running = await pods.waitFor("web-0", isRunning);
  assertEquals(running.metadata.name, "web-0");
});

test("waitFor: the characters of selectors are escaped in a name", async () => {
  const { pods, requests } = scriptedApi(missing(), list(1, pod("a,b=c", 1)));
  await pods.waitFor("a,b=c", isRunning);
  assertEquals(
    new URL(requests[1]!.slice(4), "http://a").searchParams.get(
      "fieldSelector",
    ),
    "metadata.name=a\\,b\\=c",
  );
});

for (
  const [what, refusal] of [
    ["forbidden", forbidden],
    ["not there", missing],
    ["no list", () => web(1, "Pending")],
  ] as const
) {
  test(`waitFor: where a list is ${what}, it looks again and again`, async () => {
    const { pods, requests } = scriptedApi(
      web(1, "Pending"),
      refusal(),
      web(1, "Pending"),
      web(2, "Running"),
    );
    const running = await pods.waitFor("web-0", isRunning);
    assertEquals(running.metadata.resourceVersion, "2");
    assertEquals(requests.length, 4);
  });
}

test("waitFor: where only the watch is forbidden, too", async () => {
  const { pods } = scriptedApi(
    missing(),
    list(1),
    forbidden(),
    web(2, "Running"),
  );
  await pods.waitFor("web-0", isRunning, { interval: 1 });
});

test("waitFor: a get that is refused ends it, 404 aside", async () => {
  const { pods, requests } = scriptedApi(forbidden());
  await assertRejects(() => pods.waitFor("web-0", isRunning), ApiError, "403");
  assertEquals(requests.length, 1);
});

const failing = (code: number, retryAfter?: number) => ({
  ...json({ kind: "Status", code }, code),
  headers: new Headers(
    retryAfter === undefined ? {} : { "retry-after": `${retryAfter}` },
  ),
});

test("waitFor: an object that comes and goes is gone after a gap in the watch", async () => {
  const expired = () => json({ kind: "Status", reason: "Expired" }, 410);
  const { pods } = scriptedApi(
    missing(),
    list(1),
    watching(["ADDED", pod("web-0", 2, "Pending")]).end(),
    expired(),
    list(9),
  );
  const error = await assertRejects(
    () => pods.waitFor("web-0", isRunning, { timeout: 5_000 }),
    WaitFailedError,
  );
  assertEquals(error.reason, "Deleted");
});

test("waitFor: failures that may pass are retried, and told", async () => {
  const { pods } = scriptedApi(
    failing(500),
    failing(429),
    web(1, "Pending"),
    failing(502),
    forbidden(),
    failing(503),
    web(2, "Running"),
  );
  const codes: unknown[] = [];
  const running = await pods.waitFor("web-0", isRunning, {
    interval: 1,
    onRetry: (error) => codes.push((error as ApiError).httpStatus),
  });
  assertEquals(running.metadata.resourceVersion, "2");
  assertEquals(codes, [500, 429, 502, 503]);
});

test("waitFor: a server that is not there at first, or asks for patience, is an error", async () => {
  const absent = scriptedApi(new ConnectError("no", { code: "ECONNREFUSED" }));
  await assertRejects(
    () => absent.pods.waitFor("web-0", isRunning),
    ConnectError,
  );
  const busy = scriptedApi(failing(503, 61));
  const error = await assertRejects(
    () => busy.pods.waitFor("web-0", isRunning),
    ApiError,
  );
  assertEquals(error.retryAfter, 61_000);
});

test("waitFor: where watches only fail, it looks again and again", async () => {
  const { pods, requests } = scriptedApi(
    web(1, "Pending"),
    list(1, pod("web-0", 1, "Pending")),
    ...Array.from({ length: 5 }, () => failing(500)),
    web(2, "Running"),
  );
  await pods.waitFor("web-0", isRunning, { interval: 1 });
  assertEquals(requests.length, 8);
});

test("waitFor: an exception from onRetry ends it", async () => {
  const thrown = new ProtocolError("mine");
  const page = new FakeBody().write("<html></html>").end();
  const onRetry = () => {
    throw thrown;
  };
  for (
    const { pods } of [
      scriptedApi(failing(500)),
      scriptedApi(web(1, "Pending"), failing(500)),
      scriptedApi(
        web(1, "Pending"),
        list(1, pod("web-0", 1, "Pending")),
        page,
      ),
      scriptedApi(web(1, "Pending"), forbidden(), failing(500)),
    ]
  ) {
    const pending = pods.waitFor("web-0", isRunning, { interval: 1, onRetry });
    assertEquals(await assertRejects(() => pending), thrown);
  }
});

test("waitFor: the timeout covers the whole wait", async () => {
  const { pods } = scriptedApi(web(1, "Pending"), list(1, pod("web-0", 1)));
  const error = await assertRejects(
    () => pods.waitFor("web-0", () => false, { timeout: 100 }),
    CallTimeoutError,
  );
  assertEquals(
    error.message,
    'Cannot wait for pods "web-0": not done within 100 ms',
  );
});

test("waitFor: the timeout ends a look that hangs", async () => {
  const { pods } = scriptedApi();
  await assertRejects(
    () => pods.waitFor("web-0", isRunning, { timeout: 20 }),
    CallTimeoutError,
    "Cannot wait for pods",
  );
});

test("waitFor: the signal's reason ends it, watching or between two looks", async () => {
  const watched = scriptedApi(missing(), list(1), new FakeBody());
  const polled = scriptedApi(missing(), forbidden());
  for (const { pods, requests } of [watched, polled]) {
    const controller = new AbortController();
    const reason = new Error("enough");
    const options = { signal: controller.signal, interval: 60_000 };
    const pending = pods.waitFor("web-0", isRunning, options);
    const whole = requests === watched.requests ? 3 : 2;
    while (requests.length < whole) {
      await new Promise((go) => setTimeout(go, 1));
    }
    controller.abort(reason);
    assertEquals(await assertRejects(() => pending), reason);
  }
});

test("waitFor: closing the client ends it", async () => {
  const { pods, client, requests } = scriptedApi(missing(), forbidden());
  const pending = pods.waitFor("web-0", isRunning, { interval: 60_000 });
  while (requests.length < 2) await new Promise((go) => setTimeout(go, 1));
  await client.close();
  await assertRejects(() => pending, PodwireError, "the client is closed");
});

test("waitFor: an exception from the predicate ends it", async () => {
  const { pods } = scriptedApi(web(1, "Pending"));
  const look = () => {
    throw new Error("no such phase");
  };
  await assertRejects(
    () => pods.waitFor("web-0", look),
    Error,
    "no such phase",
  );
});

test("waitFor: an invalid interval is a RangeError", async () => {
  const { pods, requests } = scriptedApi();
  await assertRejects(
    () => pods.waitFor("web-0", isRunning, { interval: 0 }),
    RangeError,
    "the interval 0 is not a number of milliseconds above 0",
  );
  assertEquals(requests.length, 0);
});

test("waitFor: a predicate that returns a promise is refused", async () => {
  const { pods } = scriptedApi(web(1, "Pending"));
  // deno-lint-ignore require-await
  const predicate = async () => {
    throw new Error("unobserved");
  };
  await assertRejects(
    () => pods.waitFor("web-0", predicate as unknown as () => boolean),
    TypeError,
    'Cannot wait for pods "web-0": the predicate returned a Promise',
  );
});

test("waitFor: an object that was deleted and created again was gone in between", async () => {
  const again = { ...pod("web-0", 9), metadata: { name: "web-0", uid: "new" } };
  const isGone = (object: unknown) => object === undefined;
  const stored = {
    ...again,
    metadata: { ...again.metadata, resourceVersion: "9" },
  };
  const listed = scriptedApi(web(1, "Running"), list(9, stored));
  assertEquals(await listed.pods.waitFor("web-0", isGone), undefined);
  const polled = scriptedApi(web(1, "Running"), forbidden(), json(stored));
  const options = { interval: 1 };
  assertEquals(await polled.pods.waitFor("web-0", isGone, options), undefined);
});

test("waitFor: watches without events are replaced by polling", async () => {
  const page = () => new FakeBody().write("<html></html>").end();
  const { pods, requests } = scriptedApi(
    web(1, "Pending"),
    list(1, pod("web-0", 1, "Pending")),
    page(),
    page(),
    web(2, "Running"),
  );
  await pods.waitFor("web-0", isRunning, { interval: 1 });
  assertEquals(requests.length, 5);
});

test("waitFor: a ready-made predicate fails at once where it can never be true", async () => {
  const { pods, requests } = scriptedApi(web(1, "Failed"));
  const error: WaitFailedError = await assertRejects(
    () => pods.waitFor("web-0", isRunning),
    WaitFailedError,
  );
  assertEquals(
    error.message,
    'Cannot wait for pods "web-0": the pod has failed',
  );
  assertEquals(error.reason, "Failed");
  assertEquals((error.object as Pod).status?.phase, "Failed");
  assertEquals(requests.length, 1);
});

test("waitFor: a ready-made predicate fails when the object is deleted or replaced", async () => {
  const deleted = scriptedApi(
    web(1, "Pending"),
    list(5, pod("web-0", 1, "Pending")),
    watching(["DELETED", pod("web-0", 6, "Pending")]),
  );
  const other = pod("web-0", 7);
  const replaced = scriptedApi(
    web(1, "Pending"),
    list(7, { ...other, metadata: { ...other.metadata, uid: "new" } }),
  );
  for (
    const [{ pods }, reason, state] of [
      [deleted, "Deleted", "it was deleted"],
      [replaced, "Replaced", "another one has its name"],
    ] as const
  ) {
    const error: WaitFailedError = await assertRejects(
      () => pods.waitFor("web-0", isRunning),
      WaitFailedError,
      `Cannot wait for pods "web-0": ${state}`,
    );
    assertEquals(error.reason, reason);
    assertEquals((error.object as Pod).metadata?.resourceVersion, "1");
  }
});

test("waitFor: a predicate of one's own goes on with the next object of the name", async () => {
  const other = pod("web-0", 7);
  const { pods } = scriptedApi(
    web(1, "Failed"),
    list(7, { ...other, metadata: { ...other.metadata, uid: "new" } }),
  );
  const running = await pods.waitFor("web-0", (pod) => isRunning(pod));
  assertEquals(running?.metadata.uid, "new");
});

test("waitFor: the timeout's error has the last state", async () => {
  const absent = scriptedApi(missing(), list(1));
  const pending = () =>
    scriptedApi(web(1, "Pending"), list(1, pod("web-0", 1, "Pending")));
  const described = Object.assign(() => false, {
    stateOf: () => ({ done: false, message: "2 of 3 shards" }),
  });
  for (
    const [{ pods }, predicate, state] of [
      [absent, () => false, "it does not exist"],
      [pending(), described, "2 of 3 shards"],
      [pending(), isRunning, 'the pod is Pending; container "main": not ready'],
    ] as const
  ) {
    const error = await assertRejects(
      () => pods.waitFor("web-0", predicate, { timeout: 50 }),
      CallTimeoutError,
    );
    assertEquals(
      error.message,
      `Cannot wait for pods "web-0": not done within 50 ms; ${state}`,
    );
    assertEquals(error.timeout, 50);
  }
});

test("waitForDeletion: resolves when the object is gone, or another has its name", async () => {
  const other = pod("web-0", 7);
  const stored = { ...other, metadata: { ...other.metadata, uid: "new" } };
  const apis = [
    scriptedApi(missing()),
    scriptedApi(
      web(1, "Running"),
      list(5, pod("web-0", 1, "Running")),
      watching(["DELETED", pod("web-0", 6, "Running")]),
    ),
    scriptedApi(web(1, "Running"), list(7, stored)),
  ];
  for (const { pods } of apis) {
    assertEquals(await pods.waitForDeletion("web-0"), undefined);
  }
  const { pods, requests } = scriptedApi(json(stored));
  await pods.waitForDeletion("web-0", { uid: "uid of web-0" });
  assertEquals(requests.length, 1);
});

test("waitForDeletion: the timeout's error says what holds the object", async () => {
  const state = async (metadata: object) => {
    const held = pod("web-0", 1);
    const object = { ...held, metadata: { ...held.metadata, ...metadata } };
    const { pods } = scriptedApi(json(object), list(1, object));
    const error = await assertRejects(
      () => pods.waitForDeletion("web-0", { timeout: 50 }),
      CallTimeoutError,
    );
    return error.message.replace(/^.*; /, "");
  };
  assertEquals(await state({}), "it is not being deleted");
  const deletionTimestamp = "2026-01-01T00:00:00Z";
  assertEquals(await state({ deletionTimestamp }), "it is being deleted");
  assertEquals(
    await state({ deletionTimestamp, finalizers: ["a/b", "c/d"] }),
    "it is being deleted, held by the finalizers a/b, c/d",
  );
});

test("waitForDeletion: bad options are refused before anything is sent", async () => {
  const { pods, requests } = scriptedApi();
  await assertRejects(
    () => pods.waitForDeletion("web-0", { uid: "" }),
    TypeError,
    'Cannot wait for the deletion of pods "web-0": the uid is not a text',
  );
  const options = { grace: 1 } as object;
  await assertRejects(() => pods.waitForDeletion("web-0", options), TypeError);
  assertEquals(requests, []);
});
