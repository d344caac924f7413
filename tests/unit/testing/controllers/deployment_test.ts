// Deployments of the test kit.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Api, type Client, Deployment, ReplicaSet } from "../../../../mod.ts";
import { test } from "../../../harness.ts";
import { withMemory } from "../with_memory.ts";
import {
  isSettled,
  namesOf,
  podsOf,
  template,
  untilPods,
  workload,
} from "./workloads.ts";

const LIMIT = { timeout: 10_000 };

/** Creates the Deployment `web` and waits until its pods are available. */
async function rollOut(client: Client, spec: object = {}) {
  const deployments = new Api(Deployment, { client });
  await deployments.create({
    metadata: { name: "web" },
    spec: { replicas: 3, ...workload("web"), ...spec },
  });
  await deployments.waitFor("web", isSettled, LIMIT);
  return deployments;
}

function reasonOf(deployment: Deployment | undefined, type: string) {
  return deployment?.status?.conditions?.find((it) => it.type === type)?.reason;
}

test("Deployment: its pods run, with the names, labels and owners of Kubernetes", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client);
    const pods = await podsOf(client, "web");
    assertEquals(pods.length, 3);
    const { metadata } = pods[0]!;
    assertMatch(metadata.name, /^web-[b-z2-9]{6,10}-[b-z2-9]{5}$/);
    const hash = metadata.labels?.["pod-template-hash"];
    const [owner] = metadata.ownerReferences ?? [];
    assertEquals([owner?.kind, owner?.name, owner?.controller], [
      "ReplicaSet",
      `web-${hash}`,
      true,
    ]);
    const sets = await new Api(ReplicaSet, { client }).list();
    assertEquals(namesOf(sets.items), [`web-${hash}`]);
    assertEquals(sets.items[0]?.metadata.ownerReferences?.[0]?.name, "web");
    const { status } = await deployments.get("web");
    const { conditions, ...counts } = status!;
    assertEquals(counts, {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    assertEquals(
      conditions?.map(({ type, status, reason }) => [
        type,
        status,
        reason,
      ]),
      [
        ["Available", "True", "MinimumReplicasAvailable"],
        ["Progressing", "True", "NewReplicaSetAvailable"],
      ],
    );
  }));

test("Deployment: a new template replaces the pods within maxSurge and maxUnavailable", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client);
    const before = namesOf(await podsOf(client, "web"));
    await deployments.patch("web", {
      spec: { template: template("web", { image: "two" }) },
    });
    const seen: number[][] = [];
    await deployments.waitFor("web", (it) => {
      const { replicas = 0, availableReplicas = 0 } = it?.status ?? {};
      seen.push([replicas, availableReplicas]);
      return it?.metadata.generation === 2 && isSettled(it);
    }, LIMIT);
    assert(seen.every(([all, available]) => all! <= 4 && available! >= 3));
    assert(seen.length > 3);
    const after = (await podsOf(client, "web"))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    assertEquals(
      after.map(({ spec }) => spec?.containers[0]?.image),
      ["two", "two", "two"],
    );
    assert(namesOf(after).every((name) => !before.includes(name)));
    const sets = await new Api(ReplicaSet, { client }).list();
    assertEquals(sets.items.map(({ spec }) => spec?.replicas).sort(), [0, 3]);
    const { metadata } = await deployments.get("web");
    const revision = "deployment.kubernetes.io/revision";
    assertEquals(metadata.annotations?.[revision], "2");
  }));

test("Deployment: an earlier template takes its ReplicaSet again", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client, { replicas: 1 });
    const sets = new Api(ReplicaSet, { client });
    const [first] = namesOf((await sets.list()).items);
    for (const image of ["two", "busybox"]) {
      // As Go's clients write it, for example in kubectl rollout undo.
      const { metadata: labels, spec: pod } = template("web", { image });
      const containers = pod.containers.map((it) => ({ ...it, resources: {} }));
      const spec = {
        template: {
          metadata: { ...labels, creationTimestamp: null as never },
          spec: { ...pod, containers },
        },
      };
      const { metadata } = await deployments.patch("web", { spec });
      await deployments.waitFor(
        "web",
        (it) =>
          it?.metadata.generation === metadata.generation && isSettled(it),
        LIMIT,
      );
    }
    assertEquals((await sets.list()).items.length, 2);
    assertEquals((await sets.get(first!)).spec?.replicas, 1);
  }));

test("Deployment: its ReplicaSet has its annotations, as the cause of a change", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client, { replicas: 2 });
    const annotations = { "kubernetes.io/change-cause": "because" };
    await deployments.patch("web", { metadata: { annotations } });
    const sets = new Api(ReplicaSet, { client });
    const [first] = namesOf((await sets.list()).items);
    const { metadata } = await sets.waitFor(
      first!,
      (it) =>
        it?.metadata.annotations?.["kubernetes.io/change-cause"] !== undefined,
      LIMIT,
    ) as ReplicaSet;
    assertEquals(metadata?.annotations, {
      ...annotations,
      "deployment.kubernetes.io/revision": "1",
      "deployment.kubernetes.io/desired-replicas": "2",
      "deployment.kubernetes.io/max-replicas": "3",
    });
  }));

test("Deployment: it is scaled up and down; the unready and the newest go first", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client);
    const first = namesOf(await podsOf(client, "web"));
    await deployments.patch("web", { spec: { replicas: 5 } });
    await deployments.waitFor("web", isSettled, LIMIT);
    await deployments.patch("web", { spec: { replicas: 3 } });
    await deployments.waitFor("web", isSettled, LIMIT);
    assertEquals(namesOf(await podsOf(client, "web")), first);
    await deployments.patch("web", { spec: { replicas: 0 } });
    await deployments.waitFor(
      "web",
      (it) => isSettled(it) && it?.status?.replicas === undefined,
      LIMIT,
    );
  }));

test("Deployment: an image that cannot be pulled is ProgressDeadlineExceeded", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client, { progressDeadlineSeconds: 1 });
    const image = "registry.invalid/web:2";
    await deployments.patch("web", {
      spec: { template: template("web", { image }) },
    });
    const stuck = await deployments.waitFor(
      "web",
      (it) => reasonOf(it, "Progressing") === "ProgressDeadlineExceeded",
      LIMIT,
    );
    assertEquals(stuck?.status?.availableReplicas, 3);
    assertEquals(stuck?.status?.updatedReplicas, 1);
    const pods = await podsOf(client, "web");
    const states = pods.map(({ status }) =>
      status?.containerStatuses?.[0]?.state?.waiting?.reason
    );
    assert(states.includes("ImagePullBackOff"), states.join());
    await deployments.patch("web", { spec: { template: template("web") } });
    const healed = await deployments.waitFor("web", isSettled, LIMIT);
    assertEquals(reasonOf(healed, "Progressing"), "NewReplicaSetAvailable");
  }));

test("Deployment: Recreate ends the old pods before the new start", () =>
  withMemory(async (client) => {
    const strategy = { type: "Recreate" };
    const deployments = await rollOut(client, { strategy, replicas: 2 });
    await deployments.patch("web", {
      spec: { template: template("web", { image: "two" }) },
    });
    const totals: number[] = [];
    await deployments.waitFor("web", (it) => {
      totals.push(it?.status?.replicas ?? 0);
      return it?.metadata.generation === 2 && isSettled(it);
    }, LIMIT);
    assert(totals.includes(0), totals.join());
    assert(Math.max(...totals) === 2, totals.join());
  }));

test("Deployment: while it is paused, its template is not rolled out", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client);
    await deployments.patch("web", {
      spec: { paused: true, template: template("web", { image: "two" }) },
    });
    const paused = await deployments.waitFor(
      "web",
      (it) => reasonOf(it, "Progressing") === "DeploymentPaused",
      LIMIT,
    );
    assertEquals(paused?.status?.updatedReplicas, undefined);
    assertEquals((await podsOf(client, "web")).length, 3);
    await deployments.patch("web", { spec: { replicas: 2 } });
    await untilPods(client, "web", ({ length }) => length === 2);
    await deployments.patch("web", { spec: { paused: false } });
    await deployments.waitFor("web", isSettled, LIMIT);
    const [pod] = await podsOf(client, "web");
    assertEquals(pod?.spec?.containers[0]?.image, "two");
  }));

test("Deployment: revisionHistoryLimit bounds the empty ReplicaSets", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client, { revisionHistoryLimit: 1 });
    for (const image of ["two", "three", "four"]) {
      const spec = { template: template("web", { image }) };
      const { metadata } = await deployments.patch("web", { spec });
      await deployments.waitFor(
        "web",
        (it) =>
          it?.metadata.generation === metadata.generation && isSettled(it),
        LIMIT,
      );
    }
    const { items } = await new Api(ReplicaSet, { client }).list();
    assertEquals(items.length, 2);
  }));

test("Deployment: one that selects no pods of its own is only stored", () =>
  withMemory(async (client) => {
    const deployments = new Api(Deployment, { client });
    const { metadata, spec } = await deployments.create({
      metadata: { name: "bare" },
      spec: { ...workload("web"), selector: { matchLabels: { app: "other" } } },
    });
    assertEquals(spec?.replicas, undefined);
    await rollOut(client);
    const bare = await deployments.get("bare");
    assertEquals(bare.metadata.resourceVersion, metadata.resourceVersion);
  }));

test("controllers: false leaves every workload alone", () =>
  withMemory(async (client) => {
    const deployments = new Api(Deployment, { client });
    await deployments.create({
      metadata: { name: "web" },
      spec: workload("web"),
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals((await deployments.get("web")).status, undefined);
    assertEquals(await podsOf(client, "web"), []);
  }, { controllers: false }));
