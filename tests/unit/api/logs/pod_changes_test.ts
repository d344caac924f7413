// The pods whose logs are followed, as far as their servers' answers matter.
import { assertEquals, assertRejects } from "@std/assert";
import {
  type PodChange,
  podChanges,
} from "../../../../src/api/logs/pod_changes.ts";
import { parseTarget } from "../../../../src/api/targets/target.ts";
import { Pod } from "../../../../src/client/resources.ts";
import { ApiError } from "../../../../src/errors.ts";
import type { HttpResponse } from "../../../../src/transport/transport.ts";
import { test } from "../../../harness.ts";
import { FakeBody } from "../../../support/fake_body.ts";
import { fakeClient } from "../../../support/fake_client.ts";
import { FakeTransport, json } from "../../../support/fake_transport.ts";
import { list, pod } from "../../../support/scripted_api.ts";

const status = (code: number) => json({ kind: "Status", code }, code);

/** A Job, and whether it has finished. */
function job(finished: boolean): HttpResponse {
  const conditions = finished ? [{ type: "Complete", status: "True" }] : [];
  return json({
    metadata: { name: "work", uid: "u", resourceVersion: "1" },
    spec: { selector: { matchLabels: { job: "work" } } },
    status: { conditions },
  });
}

/**
 * The changes of the pods of a Job that may not be watched: these are the
 * answers to each request for it, and to each list of its pods.
 */
function changesOf(jobs: HttpResponse[], pods: HttpResponse[]) {
  const told: number[] = [];
  const stop = new AbortController();
  const transport = new FakeTransport(({ url, signal }) => {
    const { pathname, searchParams } = url;
    if (searchParams.has("watch")) return new FakeBody().answer(signal);
    if (pathname.endsWith("/pods")) return pods.shift()!;
    return pathname.endsWith("/work") ? jobs.shift()! : status(403);
  });
  const context = {
    client: fakeClient(transport),
    resource: Pod,
    namespace: "team",
  };
  const action = "get logs of jobs/work";
  const changes = podChanges({
    context,
    target: parseTarget("job/work", Pod, "get logs of"),
    action,
    signal: stop.signal,
    delays: { first: 1, longest: 10 },
    onRetry: (error) => told.push((error as ApiError).httpStatus),
  });
  return { changes, told };
}

function versionsOf(changes: readonly PodChange[]): string[] {
  return changes.flatMap(({ pods }) =>
    pods.map(({ metadata }) => metadata.resourceVersion)
  );
}

test("podChanges: of a Job, failures that may pass are retried, and told", async () => {
  const { changes, told } = changesOf(
    [status(500), job(false), job(false), status(500), job(true)],
    [list(1, pod("work-a", 1)), status(503), list(3, pod("work-a", 2))],
  );
  assertEquals(versionsOf(await Array.fromAsync(changes)), ["1", "2"]);
  assertEquals(told, [500, 500, 503]);
});

test("podChanges: of a Job that may not be got any more, the failure is theirs", async () => {
  const { changes } = changesOf(
    [job(false), job(false), status(403)],
    [list(1, pod("work-a", 1))],
  );
  const error = await assertRejects(() => Array.fromAsync(changes), ApiError);
  assertEquals(error.httpStatus, 403);
});
