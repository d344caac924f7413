// The `scale` subresource of the test kit.
import { assertEquals, assertMatch } from "@std/assert";

import type { Cluster } from "../../../../src/testing/mod.ts";
import { test } from "../../../harness.ts";
import { call, withCluster } from "../with_cluster.ts";
import { workload } from "./workloads.ts";

const PATH = "/apis/apps/v1/namespaces/default/deployments";
const SCALE = `${PATH}/web/scale`;

const put = (cluster: Cluster, scale: object) =>
  call(cluster, "PUT", SCALE, { metadata: { name: "web" }, ...scale });

test("scale: it is read, replaced and patched, and scales", () =>
  withCluster({}, async (cluster) => {
    const spec = { ...workload("web"), replicas: 1 };
    await call(cluster, "POST", PATH, { metadata: { name: "web" }, spec });
    const { status, json } = await call(cluster, "GET", SCALE);
    assertEquals(status, 200);
    assertEquals([json.kind, json.apiVersion], ["Scale", "autoscaling/v1"]);
    assertEquals([json.spec, json.status.selector], [
      { replicas: 1 },
      "app=web",
    ]);
    assertEquals((await put(cluster, { spec: { replicas: 3 } })).json.spec, {
      replicas: 3,
    });
    const patch = { "content-type": "application/merge-patch+json" };
    const body = { spec: { replicas: 2 } };
    const patched = await call(cluster, "PATCH", SCALE, body, patch);
    assertEquals(patched.json.spec, { replicas: 2 });
    const deployment = await call(cluster, "GET", `${PATH}/web`);
    assertEquals(deployment.json.spec.replicas, 2);
    assertEquals(deployment.json.metadata.generation, 3);
    const stale = { metadata: { name: "web", resourceVersion: "1" } };
    assertEquals((await put(cluster, { ...stale, ...body })).status, 409);
    const negative = await put(cluster, { spec: { replicas: -1 } });
    assertEquals(negative.status, 422);
    assertMatch(negative.json.message, /spec\.replicas: Invalid value: -1/);
    assertEquals((await put(cluster, { kind: "Deployment" })).status, 400);
    assertEquals((await call(cluster, "DELETE", SCALE)).status, 405);
  }));

test("scale: only workloads with replicas have it", () =>
  withCluster({}, async (cluster) => {
    const { json } = await call(cluster, "GET", "/apis/apps/v1");
    const names = json.resources.map(({ name }: { name: string }) => name)
      .filter((name: string) => name.endsWith("/scale"));
    assertEquals(names, [
      "deployments/scale",
      "replicasets/scale",
      "statefulsets/scale",
    ]);
    const maps = "/api/v1/namespaces/default/configmaps/a/scale";
    assertEquals((await call(cluster, "GET", maps)).status, 404);
  }));
