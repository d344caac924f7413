// ReplicaSets of the test kit.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Api, type Client, Pod, ReplicaSet } from "../../../../mod.ts";
import { test } from "../../../harness.ts";
import { withMemory } from "../with_memory.ts";
import {
  isReady,
  namesOf,
  podsOf,
  template,
  untilPods,
  workload,
} from "./workloads.ts";

const LIMIT = { timeout: 10_000 };

/** Creates the ReplicaSet `web` and waits for its ready pods. */
async function start(client: Client, replicas: number, spec: object = {}) {
  const sets = new Api(ReplicaSet, { client });
  await sets.create({
    metadata: { name: "web" },
    spec: { replicas, ...workload("web"), ...spec },
  });
  await ready(sets, replicas);
  return sets;
}

function ready(sets: Api<typeof ReplicaSet>, replicas: number) {
  return sets.waitFor(
    "web",
    ({ metadata, status } = {} as never) =>
      status?.observedGeneration === metadata?.generation &&
      status?.replicas === replicas && (status.readyReplicas ?? 0) === replicas,
    LIMIT,
  );
}

test("ReplicaSet: a pod that is deleted or has ended is replaced", () =>
  withMemory(async (client) => {
    const sets = await start(client, 2);
    const pods = new Api(Pod, { client });
    const [first, second] = namesOf(await podsOf(client, "web"));
    await pods.delete(first!);
    await untilPods(
      client,
      "web",
      (pods) =>
        !namesOf(pods).includes(first!) && pods.filter(isReady).length === 2,
    );
    await pods.patch(second!, { status: { phase: "Failed" } }, {
      subresource: "status",
    });
    const left = await untilPods(
      client,
      "web",
      (pods) => pods.filter(isActive).length === 2 && pods.length === 3,
    );
    assert(!namesOf(left.filter(isActive)).includes(second!));
    await ready(sets, 2);
  }));

function isActive({ status }: Pod): boolean {
  return status?.phase === "Running" || status?.phase === "Pending";
}

test("ReplicaSet: the pod with the smallest deletion cost goes first", () =>
  withMemory(async (client) => {
    const sets = await start(client, 3);
    const [first] = namesOf(await podsOf(client, "web"));
    const cost = "controller.kubernetes.io/pod-deletion-cost";
    const pods = new Api(Pod, { client });
    await pods.patch(first!, { metadata: { annotations: { [cost]: "-1" } } });
    await sets.patch("web", { spec: { replicas: 2 } });
    await pods.waitFor(first!, (pod) => pod === undefined, LIMIT);
    await ready(sets, 2);
  }));

test("ReplicaSet: it adopts a pod that it selects, and lets go of one that it does not", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    const { spec, metadata } = template("web");
    await pods.create({ metadata: { name: "own", ...metadata }, spec });
    const sets = await start(client, 2);
    assertEquals(
      (await pods.get("own")).metadata.ownerReferences?.[0]?.name,
      "web",
    );
    await pods.patch("own", { metadata: { labels: { app: "other" } } });
    await pods.waitFor(
      "own",
      (pod) => (pod?.metadata.ownerReferences ?? []).length === 0,
      LIMIT,
    );
    await untilPods(client, "web", (pods) => pods.filter(isReady).length === 2);
    assertEquals((await pods.get("own")).status?.phase, "Running");
    await ready(sets, 2);
  }));

test("ReplicaSet: a pod is available after minReadySeconds", () =>
  withMemory(async (client) => {
    const sets = await start(client, 1, { minReadySeconds: 1 });
    const { status } = await sets.get("web");
    assertEquals(status?.availableReplicas, undefined);
    const available = await sets.waitFor(
      "web",
      (it) => it?.status?.availableReplicas === 1,
      LIMIT,
    );
    assertNotEquals(available, undefined);
  }));
