import { assertEquals, assertThrows } from "@std/assert";
import { defineResource, hasSubresource } from "../../src/client/resource.ts";
import {
  ConfigMap,
  CronJob,
  Deployment,
  isRunning,
  Namespace,
  Pod,
} from "../../src/client/resources/mod.ts";
import { test } from "../harness.ts";

test("resources: where each is found on the server", () => {
  const place = (resource: typeof Pod | typeof Deployment) =>
    [resource.group, resource.version, resource.plural].join("/");
  assertEquals(place(Pod), "/v1/pods");
  assertEquals(place(Deployment), "apps/v1/deployments");
  assertEquals(place(CronJob as typeof Pod), "batch/v1/cronjobs");
  assertEquals(place(ConfigMap as typeof Pod), "/v1/configmaps");
  assertEquals([Pod.namespaced, Namespace.namespaced], [true, false]);
});

test("resources: only Pod has exec and attach", () => {
  const markers = (resource: object) =>
    [hasSubresource(resource as typeof Pod, "exec")]
      .concat(hasSubresource(resource as typeof Pod, "attach"));
  assertEquals(markers(Pod), [true, true]);
  for (const resource of [Deployment, Namespace, ConfigMap, CronJob]) {
    assertEquals(markers(resource), [false, false]);
  }
});

test("defineResource: core group and namespaced unless said, and not to be changed", () => {
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
