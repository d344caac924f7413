// DaemonSets of the test kit.
import { assertEquals, assertMatch } from "@std/assert";
import { Api, DaemonSet, isRolledOut, Node, Pod } from "../../../../mod.ts";
import { macrotask } from "../../../support/async.ts";
import { test } from "../../../harness.ts";
import { withMemory } from "../with_memory.ts";
import { isReady, podsOf, template, untilPods, workload } from "./workloads.ts";

const LIMIT = { timeout: 10_000 };
const create = { metadata: { name: "agent" }, spec: workload("agent") };

const nodesOf = (pods: readonly Pod[]) =>
  pods.map(({ spec }) => spec?.nodeName).sort();

test("DaemonSet: one pod on each node, also on those that come and go", () =>
  withMemory(async (client) => {
    const [sets, nodes] = [
      new Api(DaemonSet, { client }),
      new Api(Node, { client }),
    ];
    await sets.create(create);
    const { status } = await sets.waitFor("agent", isRolledOut, LIMIT);
    assertEquals([status.desiredNumberScheduled, status.numberReady], [1, 1]);
    const [pod] = await podsOf(client, "agent");
    assertMatch(pod!.metadata.name, /^agent-[b-z2-9]{5}$/);
    await nodes.create({ metadata: { name: "second" } });
    const both = await untilPods(
      client,
      "agent",
      (pods) => pods.filter(isReady).length === 2,
    );
    assertEquals(nodesOf(both), ["podwire-node", "second"]);
    // As kubectl cordon.
    await nodes.patch("second", { spec: { unschedulable: true } });
    await macrotask();
    assertEquals(nodesOf(await podsOf(client, "agent")).length, 2);
    await nodes.delete("second");
    const left = await untilPods(client, "agent", (pods) => pods.length === 1);
    assertEquals(nodesOf(left), ["podwire-node"]);
  }));

test("DaemonSet: a nodeSelector chooses the nodes", () =>
  withMemory(async (client) => {
    const labels = { disk: "ssd" };
    await new Api(Node, { client }).create({
      metadata: { name: "fast", labels },
    });
    const { selector, template } = workload("agent");
    const spec = { ...template.spec, nodeSelector: labels };
    const sets = new Api(DaemonSet, { client });
    await sets.create({
      ...create,
      spec: { selector, template: { ...template, spec } },
    });
    await sets.waitFor("agent", isRolledOut, LIMIT);
    assertEquals(nodesOf(await podsOf(client, "agent")), ["fast"]);
  }));

test("DaemonSet: a new template replaces its pods; with OnDelete it waits", () =>
  withMemory(async (client) => {
    const sets = new Api(DaemonSet, { client });
    await sets.create(create);
    await sets.waitFor("agent", isRolledOut, LIMIT);
    const change = (image: string, type: string) =>
      sets.patch("agent", {
        spec: {
          template: template("agent", { image }),
          updateStrategy: type === "OnDelete"
            ? { type, rollingUpdate: null }
            : { type },
        },
      });
    await change("two", "RollingUpdate");
    await sets.waitFor("agent", isRolledOut, LIMIT);
    const imagesOf = (pods: readonly Pod[]) =>
      pods.map(({ spec }) => spec?.containers[0]?.image);
    const second = await untilPods(
      client,
      "agent",
      (pods) => pods.length === 1 && pods.every(isReady),
    );
    assertEquals(imagesOf(second), ["two"]);
    await change("three", "OnDelete");
    const { status } = (await sets.waitFor("agent", (it) =>
      it?.status?.observedGeneration === it?.metadata.generation, LIMIT))!;
    assertEquals(status?.updatedNumberScheduled, undefined);
    await new Api(Pod, { client }).delete(second[0]!.metadata.name);
    await untilPods(client, "agent", (pods) =>
      imagesOf(pods).join() === "three");
  }));
