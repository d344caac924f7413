// The EndpointSlices of the test kit's Services.
import { assertEquals } from "@std/assert";
import {
  Api,
  type Client,
  EndpointSlice,
  Pod,
  Service,
} from "../../../../mod.ts";
import { test } from "../../../harness.ts";
import { withMemory } from "../with_memory.ts";
import { template } from "./workloads.ts";

const LIMIT = { timeout: 10_000 };

async function createPod(client: Client, name: string, stuck = false) {
  const { metadata, spec } = template("web", { stuck });
  const [container] = spec.containers;
  const ports = [{ name: "http", containerPort: 8080 }];
  await new Api(Pod, { client }).create({
    metadata: { name, ...metadata },
    spec: { containers: [{ ...container!, ports }] },
  });
}

/** Waits until the slice of `web` has these endpoints: names, `!` if not ready. */
async function untilEndpoints(client: Client, ...wanted: string[]) {
  const slices = new Api(EndpointSlice, { client });
  const labelSelector = "kubernetes.io/service-name=web";
  const signal = AbortSignal.timeout(LIMIT.timeout);
  for await (const { object } of slices.watch({ labelSelector, signal })) {
    const found = (object.endpoints ?? []).map(({ targetRef, conditions }) =>
      `${conditions?.ready ? "" : "!"}${targetRef?.name}`
    );
    if (found.join() === wanted.join()) return object;
  }
  throw new Error("the watch ended");
}

test("Service: its EndpointSlice has the pods that it selects", () =>
  withMemory(async (client) => {
    const services = new Api(Service, { client });
    await createPod(client, "web-0");
    await createPod(client, "stuck", true);
    await services.create({
      metadata: { name: "web" },
      spec: {
        selector: { app: "web" },
        ports: [{ name: "http", port: 80, targetPort: "http" }],
      },
    });
    const slice = await untilEndpoints(client, "web-0");
    assertEquals(slice.ports, [{ name: "http", port: 8080, protocol: "TCP" }]);
    assertEquals(slice.metadata.ownerReferences?.[0]?.name, "web");
    await createPod(client, "web-1");
    await untilEndpoints(client, "web-0", "web-1");
    const pods = new Api(Pod, { client });
    await pods.patch("web-0", { metadata: { labels: { app: "other" } } });
    await untilEndpoints(client, "web-1");
    await pods.delete("web-1");
    await untilEndpoints(client);
    await services.delete("web");
    await new Api(EndpointSlice, { client })
      .waitForDeletion(slice.metadata.name, LIMIT);
  }));

test("Service: without a selector it has no EndpointSlice", () =>
  withMemory(async (client) => {
    const services = new Api(Service, { client });
    await services.create({
      metadata: { name: "bare" },
      spec: { ports: [{ port: 80 }] },
    });
    await createPod(client, "web-0");
    await services.create({
      metadata: { name: "web" },
      spec: { selector: { app: "web" } },
    });
    await untilEndpoints(client, "web-0");
    const { items } = await new Api(EndpointSlice, { client }).list();
    assertEquals(items.length, 1);
  }));
