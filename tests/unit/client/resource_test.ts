import { assertEquals, assertThrows } from "@std/assert";
import {
  defineResource,
  hasSubresource,
  type Resource,
} from "../../../src/client/resource.ts";
import {
  ConfigMap,
  CronJob,
  Deployment,
  Namespace,
  Pod,
} from "../../../src/client/resources.ts";
import { isRunning } from "../../../src/api/watch/predicates/pod_state.ts";
import { test } from "../../harness.ts";

test("resources: where each is found on the server", () => {
  const place = ({ group, version, plural }: Resource) =>
    [group, version, plural].join("/");
  assertEquals(place(Pod), "/v1/pods");
  assertEquals(place(Deployment), "apps/v1/deployments");
  assertEquals(place(CronJob), "batch/v1/cronjobs");
  assertEquals(place(ConfigMap), "/v1/configmaps");
  assertEquals([Pod.namespaced, Namespace.namespaced], [true, false]);
});

test("resources: only Pod has exec, attach and logs", () => {
  const markers = (resource: object) =>
    (["exec", "attach", "logs"] as const)
      .filter((marker) => hasSubresource(resource, marker));
  assertEquals(markers(Pod), ["exec", "attach", "logs"]);
  for (const resource of [Deployment, Namespace, ConfigMap, CronJob]) {
    assertEquals(markers(resource), []);
  }
});

test("defineResource: core group and namespaced by default, and frozen", () => {
  const widget = defineResource({
    version: "v1",
    kind: "Widget",
    plural: "widgets",
    exec: true,
  });
  assertEquals(widget, {
    group: "",
    version: "v1",
    kind: "Widget",
    plural: "widgets",
    namespaced: true,
    exec: true,
  });
  assertThrows(() => {
    (widget as { plural: string }).plural = "others";
  }, TypeError);
});

test("isRunning: phase Running and every container ready", () => {
  const pod = (phase: string, ready: boolean[]): Pod => ({
    spec: { containers: [{ name: "a" }, { name: "b" }] },
    status: {
      phase,
      containerStatuses: ready.map((it, index) => ({
        name: `${index}`,
        ready: it,
        restartCount: 0,
        image: "",
        imageID: "",
      })),
    },
  });
  assertEquals(isRunning(pod("Running", [true, true])), true);
  assertEquals(isRunning(pod("Running", [true, false])), false);
  assertEquals(isRunning(pod("Running", [true])), false);
  assertEquals(isRunning(pod("Succeeded", [true, true])), false);
  assertEquals(isRunning({ spec: { containers: [] } }), false);
  assertEquals(isRunning(undefined), false);
});
