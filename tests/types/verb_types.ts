/**
 * What must compile of the verbs, and what must not. Checked by `deno check`,
 * never run.
 *
 * @module
 */

import {
  type AnyObject,
  Api,
  type ByteStream,
  type Client,
  type ConfigMap,
  CustomResourceDefinition,
  defineResource,
  Deployment,
  type KubeObject,
  type LogsAccessor,
  Node,
  type ObjectPatch,
  Pod,
  type Resource,
  Secret,
  type Status,
  type Stored,
  type SubresourceNotAvailable,
  type WatchEvent,
} from "../../mod.ts";
import type { Affinity } from "../../src/client/kubernetes/mod.ts";
import { equal } from "./equal.ts";

declare const client: Client;

/** Where objects have no namespace, naming one does not compile. */
export async function scopes(): Promise<void> {
  const nodes = new Api(Node, { client });
  await nodes.get("node-1", { timeout: 5 });
  await nodes.list({ labelSelector: "zone=a" });
  // @ts-expect-error nodes have no namespace
  new Api(Node, { client, namespace: "default" });
  // @ts-expect-error nodes have no namespace
  nodes.get("node-1", { namespace: "default" });
  // @ts-expect-error nodes have no namespaces to look through
  nodes.list({ allNamespaces: true });
  // @ts-expect-error nodes have no namespace
  nodes.watch({ namespace: "default" });
  const pods = new Api(Pod, { client, namespace: "default" });
  await pods.get("web-0", { namespace: "other" });
  await pods.list({ allNamespaces: true });
}

/** A helper of the user's own, for any resource. */
export async function generic<T extends KubeObject>(
  resource: Resource<T>,
): Promise<Stored<T>[]> {
  const api = new Api(resource, { client, namespace: "default" });
  return (await api.list({ labelSelector: "app=web" })).items;
}

/** Lists, pages and events have the resource's type. */
export async function collections(): Promise<void> {
  const deployments = new Api(Deployment, { client });
  for await (const deployment of deployments.listAll({ limit: 10 })) {
    equal<typeof deployment, Stored<Deployment>>();
    equal<typeof deployment.spec.replicas, number | undefined>();
  }
  for await (const event of deployments.watch({ labelSelector: "a=b" })) {
    equal<typeof event, WatchEvent<Deployment>>();
    equal<typeof event.type, "ADDED" | "MODIFIED" | "DELETED">();
    equal<typeof event.object.metadata.resourceVersion, string>();
  }
  // @ts-expect-error a watch goes on from a version, not from a page
  deployments.watch({ continue: "token" });
  // @ts-expect-error it asks for the pages itself
  deployments.listAll({ continue: "token" });
}

/** Patches are parts of the object, or operations; to apply takes a manager. */
export async function patches(): Promise<void> {
  const deployments = new Api(Deployment, { client });
  await deployments.patch("web", { spec: { replicas: 3 } });
  await deployments.patch("web", { metadata: { labels: { app: null } } });
  await deployments.patch("web", { spec: { paused: null } }, { type: "merge" });
  await deployments.patch("web", {
    spec: { template: { spec: { containers: [{ name: "a", image: "b" }] } } },
  }, { type: "strategic" });
  await deployments.patch("web", {
    spec: { template: { $patch: "replace", spec: { containers: [] } } },
  }, { type: "strategic" });
  await deployments.patch("web", [
    { op: "replace", path: "/spec/replicas", value: 3 },
    { op: "remove", path: "/metadata/labels/app" },
  ], { type: "json", subresource: "status" });
  await deployments.patch("web", { spec: { replicas: 1 } }, {
    type: "apply",
    fieldManager: "me",
    force: true,
  });
  // @ts-expect-error replicas is a number
  deployments.patch("web", { spec: { replicas: "3" } });
  // @ts-expect-error there is no such field
  deployments.patch("web", { spec: { replica: 3 } });
  // @ts-expect-error operations are a JSON patch
  deployments.patch("web", [{ op: "remove", path: "/spec" }]);
  // @ts-expect-error no field manager
  deployments.patch("web", { spec: {} }, { type: "apply" });
  // @ts-expect-error an operation that does not exist
  deployments.patch("web", [{ op: "set", path: "/a" }], { type: "json" });
  const part: ObjectPatch<Pod> = { spec: { containers: [{ name: "a" }] } };
  await new Api(Pod, { client }).patch("web-0", part);
  // Objects and their parts as they are, typed by the interfaces.
  const object = await deployments.get("web");
  const force = { type: "apply", fieldManager: "me", force: true } as const;
  await deployments.patch("web", object, force);
  await deployments.patch("web", { spec: object.spec });
  const containers = object.spec!.template.spec!.containers;
  await deployments.patch("web", {
    spec: { template: { spec: { $retainKeys: [], containers } } },
  });
}

/** Deletions; deleting a collection needs a selector. */
export async function deletions(): Promise<void> {
  const secrets = new Api(Secret, { client });
  const preconditions = { uid: "1" };
  const answer = await secrets.delete("a", { preconditions });
  equal<typeof answer, Status | Stored<Secret>>();
  await secrets.deleteCollection({ labelSelector: "app=web" });
  await secrets.deleteCollection({ all: true, dryRun: true });
  // @ts-expect-error of which?
  secrets.deleteCollection({});
  // @ts-expect-error of which?
  secrets.deleteCollection({ gracePeriodSeconds: 0 });
}

/** Logs as text, bytes and lines; only on resources that have logs. */
export async function logs(follow: boolean): Promise<void> {
  const pods = new Api(Pod, { client });
  equal<typeof pods.logs, LogsAccessor>();
  const text = await pods.logs.text("web-0", { tailLines: 10, signal: null });
  equal<typeof text, string>();
  const stream = await pods.logs.stream("web-0", { follow });
  equal<typeof stream, ByteStream>();
  const bytes: ReadableStream<Uint8Array<ArrayBuffer>> = stream;
  await bytes.cancel();
  new Response(stream);
  for await (const line of pods.logs.lines("web-0", { follow: true })) {
    equal<typeof line, string>();
  }
  // @ts-expect-error logs are no function
  pods.logs("web-0");
  // @ts-expect-error a text has an end
  pods.logs.text("web-0", { follow: true });
  // @ts-expect-error a limit in bytes may cut a line
  pods.logs.lines("web-0", { limitBytes: 5 });
  const deployments = new Api(Deployment, { client });
  equal<typeof deployments.logs, SubresourceNotAvailable<"log">>();
  // @ts-expect-error a Deployment has no logs
  deployments.logs.text("web");
}

/** Objects have every field of Kubernetes' own description. */
export function objects(affinity: Affinity): void {
  const pod: Pod = {
    metadata: { name: "web-0", finalizers: [] },
    spec: {
      containers: [{
        name: "main",
        ports: [{ containerPort: 80 }],
        readinessProbe: { httpGet: { port: "http" } },
        resources: { limits: { memory: "1Gi" } },
      }],
      affinity,
    },
  };
  equal<typeof pod.spec.hostNetwork, boolean | undefined>();
  // @ts-expect-error a Job's field
  const wrong: Pod = { spec: { containers: [], backoffLimit: 1 } };
  const map: ConfigMap = { metadata: { name: "a" }, data: { key: "value" } };
  void [wrong, map];
}

/** Custom resources: with a type of the user's own, or with unknown fields. */
export async function customResources(): Promise<void> {
  const definitions = new Api(CustomResourceDefinition, { client });
  const definition = await definitions.get("widgets.example.com");
  equal<typeof definition.spec.group, string>();
  const Widget = defineResource({
    group: "example.com",
    version: "v1",
    kind: "Widget",
    plural: "widgets",
  });
  const widgets = new Api(Widget, { client });
  await widgets.create({ metadata: { name: "a" }, spec: { size: 3 } });
  const widget = await widgets.get("a");
  equal<typeof widget, Stored<AnyObject>>();
  equal<typeof widget.spec, unknown>();
  await widgets.patch("a", { spec: { size: 4 } });
}
