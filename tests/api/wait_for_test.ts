import { assert, assertEquals, assertRejects } from "@std/assert";
import { Api } from "../../src/api/api.ts";
import { isRunning, Pod } from "../../src/client/resources/mod.ts";
import { ApiError, CallTimeoutError } from "../../src/errors.ts";
import type { HttpResponse } from "../../src/transport/transport.ts";
import { test } from "../harness.ts";
import { fakeClient } from "../support/fake_client.ts";
import { FakeTransport, json, never } from "../support/fake_transport.ts";

const missing = () => json({ kind: "Status", reason: "NotFound" }, 404);
const pod = (phase: string) => () =>
  json({
    metadata: { name: "web-0" },
    spec: { containers: [{ name: "main" }] },
    status: {
      phase,
      containerStatuses: [{ name: "main", ready: phase === "Running" }],
    },
  });

/** An Api whose server answers with `answers` in turn, then with the last. */
function podsThat(...answers: (() => HttpResponse)[]) {
  const transport = new FakeTransport(() => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer!();
  });
  return { transport, pods: new Api(Pod, { client: fakeClient(transport) }) };
}

test("waitFor: looks until the predicate is content, and gives what it saw", async () => {
  const answers = [missing, pod("Pending"), pod("Running")];
  const { transport, pods } = podsThat(...answers);
  const running = await pods.waitFor("web-0", isRunning);
  assertEquals(running.status.phase, "Running");
  assertEquals(transport.requests.length, 3);
});

test("waitFor: a pod that is gone is undefined to the predicate", async () => {
  const { pods } = podsThat(pod("Running"), missing);
  const seen: unknown[] = [];
  const gone = await pods.waitFor("web-0", (it) => {
    seen.push(it?.status?.phase);
    return it === undefined;
  });
  assertEquals(gone, undefined);
  assertEquals(seen, ["Running", undefined]);
});

test("waitFor: a refusal other than 404 ends it", async () => {
  const refused = () => json({ kind: "Status", reason: "Forbidden" }, 403);
  const { transport, pods } = podsThat(refused);
  await assertRejects(() => pods.waitFor("web-0", isRunning), ApiError, "403");
  assertEquals(transport.requests.length, 1);
});

test("waitFor: the timeout is for the whole wait", async () => {
  const { transport, pods } = podsThat(pod("Pending"));
  const error = await assertRejects(
    () => pods.waitFor("web-0", isRunning, { timeout: 200, interval: 20 }),
    CallTimeoutError,
  );
  assertEquals(
    error.message,
    'Cannot wait for pods "web-0": not done within 200 ms',
  );
  assert(transport.requests.length > 1);
});

test("waitFor: the timeout ends a look that hangs", async () => {
  const transport = new FakeTransport((request) => never(request.signal));
  const pods = new Api(Pod, { client: fakeClient(transport) });
  await assertRejects(
    () => pods.waitFor("web-0", isRunning, { timeout: 20 }),
    CallTimeoutError,
    "Cannot wait for pods",
  );
});

test("waitFor: the signal's reason ends it between two looks", async () => {
  const { pods } = podsThat(pod("Pending"));
  const controller = new AbortController();
  const reason = new Error("enough");
  const pending = pods.waitFor("web-0", () => {
    setTimeout(() => controller.abort(reason), 0);
    return false;
  }, { signal: controller.signal, interval: 10_000 });
  assertEquals(await assertRejects(() => pending), reason);
});

test("waitFor: what the predicate throws ends it", async () => {
  const { pods } = podsThat(pod("Pending"));
  const look = () => {
    throw new Error("no such phase");
  };
  await assertRejects(
    () => pods.waitFor("web-0", look),
    Error,
    "no such phase",
  );
});

test("waitFor: an interval that is none is a RangeError", async () => {
  const { transport, pods } = podsThat(pod("Running"));
  await assertRejects(
    () => pods.waitFor("web-0", isRunning, { interval: 0 }),
    RangeError,
    "the interval 0 is not milliseconds above 0",
  );
  assertEquals(transport.requests.length, 0);
});
