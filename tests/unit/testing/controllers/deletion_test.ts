// Deletions in the test kit: what becomes of an object's dependents.
import { assertEquals } from "@std/assert";
import {
  Api,
  type Client,
  ConfigMap,
  Deployment,
  Job,
  Namespace,
  Pod,
  ReplicaSet,
} from "../../../../mod.ts";
import { test } from "../../../harness.ts";
import { withMemory } from "../with_memory.ts";
import { isSettled, namesOf, podsOf, template, workload } from "./workloads.ts";

const LIMIT = { timeout: 10_000 };

/** Creates the Deployment `web` with two pods. */
async function rollOut(client: Client) {
  const deployments = new Api(Deployment, { client });
  await deployments.create({
    metadata: { name: "web" },
    spec: { replicas: 2, ...workload("web") },
  });
  await deployments.waitFor("web", isSettled, LIMIT);
  return deployments;
}

/** Waits until no pod has the label. */
async function gone(client: Client, app: string) {
  const pods = new Api(Pod, { client });
  for (const name of namesOf(await podsOf(client, app))) {
    await pods.waitFor(name, (pod) => pod === undefined, LIMIT);
  }
}

test("deletion: the dependents of a deleted object follow it", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client);
    const answer = await deployments.delete("web");
    assertEquals(answer.kind, "Status");
    await gone(client, "web");
    assertEquals((await new Api(ReplicaSet, { client }).list()).items, []);
  }));

test("deletion: in the foreground the dependents go first", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client);
    await deployments.delete("web", { propagationPolicy: "Foreground" });
    const { metadata } = await deployments.get("web");
    assertEquals(metadata.finalizers, ["foregroundDeletion"]);
    await deployments.waitFor("web", (it) => it === undefined, LIMIT);
    assertEquals(await podsOf(client, "web"), []);
    assertEquals((await new Api(ReplicaSet, { client }).list()).items, []);
  }));

test("deletion: orphans stay, and a new owner adopts them", () =>
  withMemory(async (client) => {
    const deployments = await rollOut(client);
    const before = namesOf(await podsOf(client, "web"));
    await deployments.delete("web", { propagationPolicy: "Orphan" });
    await deployments.waitFor("web", (it) => it === undefined, LIMIT);
    const [set] = (await new Api(ReplicaSet, { client }).list()).items;
    assertEquals(set?.metadata.ownerReferences ?? [], []);
    await rollOut(client);
    assertEquals(namesOf(await podsOf(client, "web")), before);
  }));

test("deletion: a Job leaves its pods, unless asked otherwise", () =>
  withMemory(async (client) => {
    const jobs = new Api(Job, { client });
    const spec = { template: template("sum", { restartPolicy: "Never" }) };
    for (const propagationPolicy of [undefined, "Background"] as const) {
      await jobs.create({ metadata: { name: "sum" }, spec });
      await jobs.waitFor("sum", (it) => it?.status?.active === 1, LIMIT);
      await jobs.delete("sum", { propagationPolicy });
      await jobs.waitFor("sum", (it) => it === undefined, LIMIT);
      if (propagationPolicy === undefined) {
        const pods = await podsOf(client, "sum");
        assertEquals(pods.length, 1);
        await new Api(Pod, { client }).delete(pods[0]!.metadata.name);
      }
      await gone(client, "sum");
    }
  }));

test("deletion: an object with another owner loses only the reference", () =>
  withMemory(async (client) => {
    const maps = new Api(ConfigMap, { client });
    const owner = async (name: string) => {
      const { metadata: { uid } } = await maps.create({ metadata: { name } });
      return { apiVersion: "v1", kind: "ConfigMap", name, uid };
    };
    const ownerReferences = [await owner("a"), await owner("b")];
    await maps.create({ metadata: { name: "both", ownerReferences } });
    await maps.delete("a");
    const left = await maps.waitFor(
      "both",
      (it) => it?.metadata.ownerReferences?.length === 1,
      LIMIT,
    );
    assertEquals(left?.metadata.ownerReferences?.[0]?.name, "b");
    await maps.delete("b");
    await maps.waitFor("both", (it) => it === undefined, LIMIT);
  }));

test("deletion: a namespace takes its workloads and their pods with it", () =>
  withMemory(async (client) => {
    const namespace = "team";
    await new Api(Namespace, { client }).create({
      metadata: { name: namespace },
    });
    const deployments = new Api(Deployment, { client, namespace });
    await deployments.create({
      metadata: { name: "web" },
      spec: { replicas: 2, ...workload("web") },
    });
    await deployments.waitFor("web", isSettled, LIMIT);
    const pods = new Api(Pod, { client, namespace });
    const names = namesOf((await pods.list()).items);
    await new Api(Namespace, { client }).delete(namespace);
    for (const name of names) await pods.waitForDeletion(name, LIMIT);
    assertEquals((await pods.list()).items, []);
    const sets = new Api(ReplicaSet, { client, namespace });
    assertEquals((await sets.list()).items, []);
  }));
