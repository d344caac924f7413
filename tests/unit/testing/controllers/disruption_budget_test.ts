// Disruption budgets and evictions of the test kit.
import { assert, assertEquals } from "@std/assert";
import {
  Api,
  ApiError,
  type Client,
  Deployment,
  Pod,
  PodDisruptionBudget,
} from "../../../../mod.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { withMemory } from "../with_memory.ts";
import { untilPods, workload } from "./workloads.ts";

type Spec = NonNullable<PodDisruptionBudget["spec"]>;

const selector = { matchLabels: { app: "web" } };

async function budgetOf(client: Client, spec: Spec) {
  const budgets = new Api(PodDisruptionBudget, { client });
  const metadata = { name: "web" };
  await budgets.create({ metadata, spec: { selector, ...spec } });
  return await budgets.waitFor(
    "web",
    (it) => it?.status?.observedGeneration === 1,
  );
}

async function running(client: Client, replicas: number) {
  const deployments = new Api(Deployment, { client });
  const spec = { ...workload("web"), replicas };
  await deployments.create({ metadata: { name: "web" }, spec });
  const isReady = (pod: Pod) =>
    pod.metadata?.deletionTimestamp === undefined &&
    (pod.status?.conditions ?? []).some((it) =>
      it.type === "Ready" && it.status === "True"
    );
  return await untilPods(
    client,
    "web",
    (pods) => pods.filter(isReady).length === replicas,
  );
}

test("disruption budget: its status counts the pods, and allows what is beyond it", () =>
  withMemory(async (client) => {
    await running(client, 4);
    const budgets = new Api(PodDisruptionBudget, { client });
    for (
      const [spec, counts] of [
        [{ minAvailable: 1 }, [3, 4, 1, 4]],
        [{ minAvailable: "60%" }, [1, 4, 3, 4]],
        [{ maxUnavailable: 1 }, [1, 4, 3, 4]],
        [{ maxUnavailable: "30%" }, [2, 4, 2, 4]],
        [{ minAvailable: 9 }, [0, 4, 9, 4]],
        [{ minAvailable: 0, selector: {} }, [4, 4, 0, 4]],
        [{ minAvailable: 0, selector: { matchLabels: { app: "x" } } }, [
          0,
          0,
          0,
          0,
        ]],
      ] as const
    ) {
      const { status } = (await budgetOf(client, spec))!;
      assertEquals([
        status?.disruptionsAllowed,
        status?.currentHealthy,
        status?.desiredHealthy,
        status?.expectedPods,
      ], [...counts]);
      await budgets.delete("web");
    }
  }));

test("eviction: it goes as far as the budget allows", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    const [first, second, third] = await running(client, 3);
    await budgetOf(client, { minAvailable: 2 });
    await pods.evict(first!.metadata.name, { dryRun: true });
    const evictions = [first, second].map((pod) =>
      pods.evict(pod!.metadata.name)
    );
    const [done, refused] = await Promise.allSettled(evictions);
    assertEquals([done?.status, refused?.status], ["fulfilled", "rejected"]);
    const error = (refused as PromiseRejectedResult).reason as ApiError;
    assertEquals([error.httpStatus, error.reason, error.retryAfter], [
      429,
      "TooManyRequests",
      null,
    ]);
    assertEquals(
      error.apiStatus?.details?.causes?.map(({ reason }) => reason),
      [
        "DisruptionBudget",
      ],
    );
    const evicted = await pods.get(first!.metadata.name).catch(() => null);
    assert(
      evicted === null || evicted.metadata.deletionTimestamp !== undefined,
    );
    assertEquals(
      (await pods.get(third!.metadata.name)).metadata.deletionTimestamp,
      undefined,
    );
    // The deployment replaces it, then the next may go.
    await new Api(PodDisruptionBudget, { client }).waitFor(
      "web",
      (it) => it?.status?.disruptionsAllowed === 1,
    );
    await pods.evict(second!.metadata.name);
  }));

test("eviction: what upstream refuses is refused", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    const [pod] = await running(client, 1);
    const { name, uid } = pod!.metadata;
    const missing = await rejection(pods.evict("none"), ApiError);
    assertEquals(missing.httpStatus, 404);
    const preconditions = { uid: `${uid}x` };
    const other = await rejection(
      pods.evict(name, { preconditions }),
      ApiError,
    );
    assertEquals(other.httpStatus, 409);
    const wrong = { metadata: { name: "other" } };
    const misnamed = await rejection(
      pods.create(wrong, { subresource: "eviction", name }),
      ApiError,
    );
    assertEquals(misnamed.httpStatus, 400);
    await budgetOf(client, { minAvailable: 0 });
    const budgets = new Api(PodDisruptionBudget, { client });
    const spec = { selector, minAvailable: 0 };
    await budgets.create({ metadata: { name: "also" }, spec });
    const several = await rejection(pods.evict(name), ApiError);
    assertEquals(several.httpStatus, 500);
    await budgets.delete("also");
    await pods.evict(name, { preconditions: { uid } });
  }));

test("eviction: an unready pod goes if the budget holds, or if its policy says so", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    const deployments = new Api(Deployment, { client });
    const spec = { ...workload("web", { stuck: true }), replicas: 1 };
    await deployments.create({ metadata: { name: "web" }, spec });
    const [pod] = await untilPods(client, "web", (it) => it.length === 1);
    await budgetOf(client, { minAvailable: 1 });
    // A pod that is pending is no loss.
    await pods.evict(pod!.metadata.name);
  }));

test("eviction: a budget that is not observed yet says when to come again", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    await pods.create({
      metadata: { name: "web", labels: { app: "web" } },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    await pods.waitFor("web", (pod) => pod?.status?.phase === "Running");
    const budgets = new Api(PodDisruptionBudget, { client });
    const metadata = { name: "web" };
    await budgets.create({ metadata, spec: { selector, minAvailable: 1 } });
    const error = await rejection(
      pods.evict("web", { timeout: 1_000 }),
      ApiError,
    );
    assertEquals([error.httpStatus, error.retryAfter], [429, 10_000]);
  }, { controllers: false }));
