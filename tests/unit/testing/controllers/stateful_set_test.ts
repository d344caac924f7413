// StatefulSets of the test kit.
import { assertEquals } from "@std/assert";
import {
  Api,
  type Client,
  isRolledOut,
  Pod,
  StatefulSet,
} from "../../../../mod.ts";
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

/** Creates the StatefulSet `db` and waits for its pods. */
async function start(client: Client, spec: object = {}) {
  const sets = new Api(StatefulSet, { client });
  await sets.create({
    metadata: { name: "db" },
    spec: { replicas: 3, serviceName: "db", ...workload("db"), ...spec },
  });
  await settled(sets);
  return sets;
}

/** Waits until every pod is ready and nothing is left to do. */
function settled(sets: Api<typeof StatefulSet>, updated?: number) {
  return sets.waitFor("db", (it) => {
    const { metadata, spec, status } = it!;
    const { replicas, readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
    return status?.observedGeneration === metadata.generation &&
      replicas === spec?.replicas && readyReplicas === replicas &&
      updatedReplicas === (updated ?? replicas);
  }, LIMIT);
}

/** Deletes a pod, and waits until another of its name is ready. */
async function replaced(client: Client, name: string) {
  const pods = new Api(Pod, { client });
  const { metadata: { uid } } = await pods.get(name);
  await pods.delete(name);
  await untilPods(
    client,
    "db",
    (pods) =>
      pods.some((pod) =>
        pod.metadata.name === name && pod.metadata.uid !== uid && isReady(pod)
      ),
  );
}

const images = async (client: Client) =>
  (await podsOf(client, "db")).map(({ spec }) => spec?.containers[0]?.image);

test("StatefulSet: its pods have stable names and start one after the other", () =>
  withMemory(async (client) => {
    const events: string[] = [];
    const pods = new Api(Pod, { client });
    const stop = new AbortController();
    const watching = (async () => {
      for await (
        const { type, object } of pods.watch({ signal: stop.signal })
      ) {
        const ready = object.status?.conditions
          ?.some((it) => it.type === "Ready" && it.status === "True");
        if (type === "ADDED") events.push(`+${object.metadata.name}`);
        else if (type === "MODIFIED" && ready) {
          events.push(`${object.metadata.name} ready`);
        }
        if (events.length === 6) break;
      }
    })();
    await start(client);
    await watching;
    assertEquals(events, [
      "+db-0",
      "db-0 ready",
      "+db-1",
      "db-1 ready",
      "+db-2",
      "db-2 ready",
    ]);
    const { metadata, spec } = await pods.get("db-1");
    assertEquals(metadata.labels?.["apps.kubernetes.io/pod-index"], "1");
    assertEquals([spec?.hostname, spec?.subdomain], ["db-1", "db"]);
  }));

test("StatefulSet: a pod comes back under its name, and the last goes first", () =>
  withMemory(async (client) => {
    const sets = await start(client);
    await replaced(client, "db-1");
    await settled(sets);
    await sets.patch("db", { spec: { replicas: 1 } });
    await settled(sets);
    assertEquals(namesOf(await podsOf(client, "db")), ["db-0"]);
  }));

test("StatefulSet: a new template replaces the pods from the last on", () =>
  withMemory(async (client) => {
    const sets = await start(client);
    const before = await sets.get("db");
    await sets.patch("db", {
      spec: { template: template("db", { image: "two" }) },
    });
    const after = await settled(sets);
    assertEquals(await images(client), ["two", "two", "two"]);
    const { currentRevision, updateRevision } = after!.status!;
    assertEquals(currentRevision, updateRevision);
    assertEquals(before.status?.currentRevision === currentRevision, false);
  }));

test("StatefulSet: below the partition pods keep their template, also when replaced", () =>
  withMemory(async (client) => {
    const sets = await start(client);
    await sets.patch("db", {
      spec: {
        updateStrategy: {
          type: "RollingUpdate",
          rollingUpdate: { partition: 2 },
        },
        template: template("db", { image: "two" }),
      },
    });
    await settled(sets, 1);
    await replaced(client, "db-0");
    await settled(sets, 1);
    assertEquals(await images(client), ["busybox", "busybox", "two"]);
  }));

test("StatefulSet: with OnDelete a pod is updated when it is deleted", () =>
  withMemory(async (client) => {
    const sets = await start(client, { updateStrategy: { type: "OnDelete" } });
    await sets.patch("db", {
      spec: { template: template("db", { image: "two" }) },
    });
    await settled(sets, 0);
    await replaced(client, "db-0");
    await settled(sets, 1);
    assertEquals(await images(client), ["two", "busybox", "busybox"]);
  }));

test("StatefulSet: a pod that does not get ready holds up the next, unless Parallel", () =>
  withMemory(async (client) => {
    const sets = new Api(StatefulSet, { client });
    for (const podManagementPolicy of ["OrderedReady", "Parallel"]) {
      const spec = { ...workload("db", { stuck: true }), podManagementPolicy };
      await sets.create({
        metadata: { name: "db" },
        spec: { ...spec, replicas: 2 },
      });
      const wanted = podManagementPolicy === "Parallel" ? 2 : 1;
      const { status } = (await sets.waitFor("db", (it) =>
        it?.status?.replicas === wanted, LIMIT))!;
      assertEquals(status?.readyReplicas, undefined);
      assertEquals((await podsOf(client, "db")).length, wanted);
      // A template that works again replaces the pods of one that does not.
      if (podManagementPolicy === "Parallel") {
        const annotations = { "podwire.dev/unschedulable": null as never };
        const metadata = { annotations };
        await sets.patch("db", { spec: { template: { metadata } } });
        await sets.waitFor("db", isRolledOut, LIMIT);
      }
      await sets.delete("db", { propagationPolicy: "Foreground" });
      await sets.waitFor("db", (it) =>
        it === undefined, LIMIT);
    }
  }));
