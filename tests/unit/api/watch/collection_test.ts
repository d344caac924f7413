import { assert, assertEquals } from "@std/assert";
import { Collection } from "../../../../src/api/watch/collection.ts";
import { listAndWatch } from "../../../../src/api/watch/list_and_watch.ts";
import { type Pod, Pod as pods } from "../../../../src/client/resources.ts";
import { CallTimeoutError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { FakeBody } from "../../../support/fake_body.ts";
import {
  list,
  pod,
  scriptedApi,
  watching,
} from "../../../support/scripted_api.ts";

const delays = { first: 1, longest: 1 };

test("collection: a connection that is silent for too long is given up for another", async () => {
  const silent = new FakeBody();
  const { client, requests } = scriptedApi(
    list(1),
    silent,
    watching(["ADDED", pod("a", 2)]),
  );
  const context = { client, resource: pods, namespace: null };
  const span = { seconds: 1, timeout: 50 };
  const collection = new Collection<Pod>(context, {}, span);
  const controller = new AbortController();
  const { signal } = controller;
  const retries: Error[] = [];
  const steps = listAndWatch(collection, {
    resourceVersion: null,
    signal,
    delays,
    onRetry: (error) => retries.push(error),
  });
  assertEquals((await steps.next()).value?.type, "LISTED");
  assertEquals((await steps.next()).value?.type, "ADDED");
  await silent.released;
  assert(retries[0] instanceof CallTimeoutError);
  assert(requests[1]?.includes("timeoutSeconds=1&"));
  controller.abort();
  await steps.return(undefined as never);
});

test("collection: a server that ends each watch at once is asked less and less often", async () => {
  const ended = () => new FakeBody().end();
  const { client, requests } = scriptedApi(
    list(1),
    ended(),
    ended(),
    ended(),
    list(1),
    watching(["ADDED", pod("a", 2)]),
  );
  const context = { client, resource: pods, namespace: null };
  const collection = new Collection<Pod>(context, {});
  const { signal } = new AbortController();
  const first = 40;
  const steps = listAndWatch(collection, {
    resourceVersion: null,
    signal,
    delays: { first, longest: 10_000 },
  });
  await steps.next();
  const begun = performance.now();
  assertEquals((await steps.next()).value?.type, "LISTED");
  assertEquals((await steps.next()).value?.type, "ADDED");
  // Each wait is at least the half of 40, 80 and 160 ms; timers may be early.
  assert(performance.now() - begun > 60);
  assertEquals(requests.length, 6);
  await steps.return(undefined as never);
});
