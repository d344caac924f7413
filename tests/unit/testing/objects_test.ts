// The objects of the embedded server, of every kind.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  Api,
  ApiError,
  type Client,
  ClusterRole,
  ConfigMap,
  CustomResourceDefinition,
  defineResource,
  Deployment,
  type KubeObject,
  Namespace,
  Node,
  Pod,
  Secret,
} from "../../../mod.ts";
import { test } from "../../harness.ts";
import { withMemory } from "./with_memory.ts";

interface Widget extends KubeObject {
  spec: { size: number };
  status?: { ready: boolean };
}
const Widget = defineResource<Widget>({
  group: "example.com",
  version: "v1alpha1",
  kind: "Widget",
  plural: "widgets",
});

const deployment: Deployment = {
  metadata: { name: "web" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: { spec: { containers: [{ name: "main", image: "a" }] } },
  },
};

function configMaps(client: Client): Api<typeof ConfigMap> {
  return new Api(ConfigMap, { client });
}

/** The code, reason and message of a refusal. */
async function refusal(call: Promise<unknown>) {
  const { httpStatus: code, reason, apiStatus } = await assertRejects(
    () => call,
    ApiError,
  );
  return { code, reason, message: apiStatus?.message };
}

test("objects: objects are created, read, replaced and deleted", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    const created = await maps.create({
      metadata: { name: "settings" },
      data: { a: "1" },
    });
    assertEquals([created.apiVersion, created.kind], ["v1", "ConfigMap"]);
    assertEquals(created.metadata.namespace, "default");
    assert(created.metadata.uid !== "");
    const replaced = await maps.replace({ ...created, data: { b: "2" } });
    assertEquals(replaced.data, { b: "2" });
    assertEquals(replaced.metadata.uid, created.metadata.uid);
    assert(
      replaced.metadata.resourceVersion > created.metadata.resourceVersion,
    );
    assertEquals(await maps.get("settings"), replaced);
    const gone = await maps.delete("settings");
    assertEquals(gone.kind, "Status");
    assertEquals(await refusal(maps.get("settings")), {
      code: 404,
      reason: "NotFound",
      message: 'configmaps "settings" not found',
    });
  }));

test("objects: messages name the group of kinds outside the core group", () =>
  withMemory(async (client) => {
    const deployments = new Api(Deployment, { client });
    await deployments.create(deployment);
    assertEquals(await refusal(deployments.create(deployment)), {
      code: 409,
      reason: "AlreadyExists",
      message: 'deployments.apps "web" already exists',
    });
    const { message } = await refusal(deployments.get("other"));
    assertEquals(message, 'deployments.apps "other" not found');
  }));

test("objects: cluster-scoped objects have no namespace", () =>
  withMemory(async (client) => {
    const nodes = new Api(Node, { client });
    const node = await nodes.get("podwire-node");
    assertEquals(node.metadata.namespace, undefined);
    assertEquals(node.status?.conditions?.[0]?.type, "Ready");
    const roles = new Api(ClusterRole, { client });
    await roles.create({ metadata: { name: "system:viewer" }, rules: [] });
    assertEquals((await roles.list()).items.length, 1);
    const spaces = await new Api(Namespace, { client }).list();
    assertEquals(spaces.items.map(({ metadata }) => metadata.name), [
      "default",
    ]);
  }));

test("objects: custom resources are served", () =>
  withMemory(async (client) => {
    const widgets = new Api(Widget, { client });
    await widgets.create({
      metadata: { name: "a" },
      spec: { size: 1 },
      status: { ready: false },
    });
    await widgets.patch("a", { spec: { size: 2 } });
    await widgets.patch("a", { status: { ready: true } }, {
      subresource: "status",
    });
    const { spec, status } = await widgets.get("a");
    assertEquals([spec.size, status?.ready], [2, true]);
    const strategic = widgets.patch("a", { spec: { size: 3 } }, {
      type: "strategic",
    });
    assertEquals((await refusal(strategic)).code, 415);
  }, { resources: [Widget] }));

test("objects: a resource that is not served is a 404", () =>
  withMemory(async (client) => {
    const { code, message } = await refusal(new Api(Widget, { client }).list());
    assertEquals(code, 404);
    assertEquals(message, "the server could not find the requested resource");
  }));

test("objects: a stale version, another uid or another name is refused", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    const old = await maps.create({ metadata: { name: "a" } });
    await maps.patch("a", { data: { b: "2" } });
    assertEquals(await refusal(maps.replace(old)), {
      code: 409,
      reason: "Conflict",
      message: 'Operation cannot be fulfilled on configmaps "a": the object ' +
        "has been modified; please apply your changes to the latest version " +
        "and try again",
    });
    const other = { metadata: { name: "a", uid: "other" } };
    assertEquals((await refusal(maps.replace(other))).code, 409);
    const patch = { metadata: { name: "b" } };
    assertEquals((await refusal(maps.patch("a", patch))).code, 400);
    const moved = { metadata: { namespace: "other" } };
    assertEquals((await refusal(maps.patch("a", moved))).code, 400);
    const kind = { kind: "Secret" };
    assertEquals((await refusal(maps.patch("a", kind))).code, 400);
  }));

test("objects: a write without a change makes no new version", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    const { metadata } = await maps.create({
      metadata: { name: "a" },
      data: { a: "1" },
    });
    const same = await maps.patch("a", { data: { a: "1" } });
    assertEquals(same.metadata.resourceVersion, metadata.resourceVersion);
  }));

test("objects: the status is written separately; the generation counts changes of the spec", () =>
  withMemory(async (client) => {
    const deployments = new Api(Deployment, { client });
    const status = { readyReplicas: 1 };
    const created = await deployments.create({ ...deployment, status });
    assertEquals([created.status, created.metadata.generation], [undefined, 1]);
    const main = await deployments.patch("web", {
      spec: { replicas: 2 },
      status,
    });
    assertEquals([main.status, main.metadata.generation], [undefined, 2]);
    const own = await deployments.patch("web", {
      spec: { replicas: 3 },
      status,
    }, { subresource: "status" });
    assertEquals([own.status, own.metadata.generation], [status, 2]);
    assertEquals(own.spec.replicas, 2);
  }));

test("objects: a dry run changes nothing", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    const options = { dryRun: true };
    await maps.create({ metadata: { name: "a" } }, options);
    assertEquals((await maps.list()).items, []);
    await maps.create({ metadata: { name: "a" } });
    const patched = await maps.patch("a", { data: { b: "2" } }, options);
    assertEquals(patched.data, { b: "2" });
    await maps.delete("a", options);
    await maps.delete("a", { ...options, preconditions: {} });
    await maps.deleteCollection({ all: true, ...options });
    assertEquals((await maps.get("a")).data, undefined);
  }));

test("objects: preconditions of a deletion", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    const { metadata } = await maps.create({ metadata: { name: "a" } });
    const { uid, resourceVersion } = metadata;
    const wrong = maps.delete("a", { preconditions: { uid: "other" } });
    const { code, message } = await refusal(wrong);
    assertEquals(code, 409);
    assert(message?.includes(`UID in object meta: ${uid}`), message);
    await maps.patch("a", { data: { a: "1" } });
    const stale = maps.delete("a", { preconditions: { resourceVersion } });
    assertEquals((await refusal(stale)).code, 409);
    await maps.delete("a", { preconditions: { uid } });
  }));

test("objects: a finalizer keeps a deleted object until it is removed", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    const finalizers = ["example.com/keep"];
    await maps.create({ metadata: { name: "a", finalizers } });
    await maps.delete("a");
    const held = await maps.get("a");
    assert(held.metadata.deletionTimestamp !== undefined);
    await maps.patch("a", { metadata: { finalizers: [] } });
    assertEquals((await refusal(maps.get("a"))).code, 404);
  }));

test("objects: a finalizer keeps a pod whose processes have ended", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    const finalizers = ["example.com/keep"];
    await pods.patch("web-0", { metadata: { finalizers } });
    await pods.delete("web-0");
    const held = await pods.waitFor(
      "web-0",
      (pod) => pod?.metadata.deletionTimestamp !== undefined,
    );
    assertEquals(held?.metadata.finalizers, finalizers);
    await pods.patch("web-0", { metadata: { finalizers: null } });
    await pods.waitFor("web-0", (pod) => pod === undefined);
  }, { pods: ["web-0"] }));

test("objects: a collection is deleted by a selector", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    for (const [name, app] of [["a", "x"], ["b", "x"], ["c", "y"]]) {
      await maps.create({ metadata: { name, labels: { app: app! } } });
    }
    await maps.deleteCollection({ labelSelector: "app=x" });
    const names = async () =>
      (await maps.list()).items.map(({ metadata }) => metadata.name);
    assertEquals(await names(), ["c"]);
    await maps.deleteCollection({ all: true });
    assertEquals(await names(), []);
  }));

test("objects: deleting a namespace deletes its objects", () =>
  withMemory(async (client) => {
    const namespaces = new Api(Namespace, { client });
    const made = await namespaces.create({ metadata: { name: "team" } });
    assertEquals(made.status?.phase, "Active");
    const maps = new Api(ConfigMap, { client, namespace: "team" });
    await maps.create({ metadata: { name: "a" } });
    await namespaces.delete("team");
    assertEquals((await maps.list()).items, []);
  }));

test("objects: a secret's stringData becomes base64 data", () =>
  withMemory(async (client) => {
    const secrets = new Api(Secret, { client });
    const secret = await secrets.create({
      metadata: { name: "a" },
      stringData: { word: "schön", long: "x".repeat(300_000) },
      data: { other: "eA==" },
    });
    const { long, ...data } = secret.data ?? {};
    assertEquals(data, { word: "c2Now7Zu", other: "eA==" });
    assertEquals(long?.length, 400_000);
    assertEquals([secret.type, secret.stringData], ["Opaque", undefined]);
    assertEquals(
      (await secrets.list({ fieldSelector: "type=Opaque" })).items.length,
      1,
    );
  }));

test("objects: most of a pod's spec is immutable", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    const labels = { app: "web" };
    assertEquals(
      (await pods.patch("web-0", { metadata: { labels } })).metadata.labels,
      labels,
    );
    const containers = [{ name: "main", image: "newer" }];
    await pods.patch("web-0", { spec: { containers } }, { type: "strategic" });
    const pod = await pods.get("web-0");
    assertEquals(pod.spec.containers[0]?.image, "newer");
    assertEquals(pod.status?.phase, "Running");
    const { code, message } = await refusal(
      pods.patch("web-0", { spec: { hostname: "other" } }),
    );
    assertEquals(code, 422);
    assert(message?.includes("Forbidden: pod updates may not change fields"));
    const result = await pods.exec.run("web-0", { command: ["true"] });
    assertEquals(result.exitCode, 0);
  }, { pods: ["web-0"], exec: () => {} }));

test("objects: permissions depend on verb, group and subresource", () => {
  const asked: string[] = [];
  const users = [{
    name: "system:anonymous",
    token: "t",
    allows: (
      { verb, group, resource }: {
        verb: string;
        group: string;
        resource: string;
      },
    ) => {
      asked.push(`${verb} ${resource}.${group}`);
      return true;
    },
  }];
  return withMemory(
    async (client) => {
      const deployments = new Api(Deployment, { client });
      await deployments.create(deployment);
      await deployments.replace(deployment);
      await deployments.patch("web", { status: {} }, { subresource: "status" });
      await deployments.list();
      await deployments.deleteCollection({ all: true });
      assertEquals(asked, [
        "create deployments.apps",
        "update deployments.apps",
        "patch deployments/status.apps",
        "list deployments.apps",
        "deletecollection deployments.apps",
      ]);
    },
    { users },
    { token: "t" },
  );
});

test("objects: unknown fields are refused with fieldValidation: Strict", () =>
  withMemory(async (client) => {
    const deployments = new Api(Deployment, { client });
    const wrong = {
      ...deployment,
      spec: {
        ...deployment.spec,
        replica: 2,
        template: {
          spec: { containers: [{ name: "main", image: "a", comand: ["b"] }] },
        },
      },
    } as unknown as Deployment;
    const error = 'unknown field "spec.template.spec.containers[0].comand", ' +
      'unknown field "spec.replica"';
    assertEquals(
      await refusal(deployments.create(wrong, { fieldValidation: "Strict" })),
      {
        code: 400,
        reason: "BadRequest",
        message: 'Deployment in version "apps/v1" cannot be handled as a ' +
          `Deployment: strict decoding error: ${error}`,
      },
    );
    await deployments.create(deployment, { fieldValidation: "Strict" });
    const options = { type: "merge", fieldValidation: "Strict" } as const;
    const patch: Record<string, unknown> = { spec: { replica: 2 } };
    const patched = await refusal(deployments.patch("web", patch, options));
    assertEquals([patched.code, patched.reason], [422, "Invalid"]);
  }));

test("objects: Strict accepts the fields of nested types, lists and maps", () =>
  withMemory(async (client) => {
    const options = { fieldValidation: "Strict" } as const;
    await new Api(CustomResourceDefinition, { client }).create({
      metadata: { name: "a.b.c", labels: { x: "y" }, annotations: { z: "" } },
      spec: {
        group: "b.c",
        names: { kind: "A", plural: "a" },
        scope: "Namespaced",
        versions: [{
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: { deep: { items: { type: "string" } } },
            },
          },
        }],
      },
    }, options);
  }));

test("objects: labels and annotations that are not text are refused", () =>
  withMemory(async (client) => {
    const maps = new Api(ConfigMap, { client });
    const create = (metadata: object) =>
      maps.create({ metadata: { name: "a", ...metadata } });
    const kinds = [
      [5, "number"],
      [true, "bool"],
      [["x"], "array"],
      [{ x: "y" }, "object"],
    ] as const;
    for (const field of ["labels", "annotations"]) {
      for (const [value, type] of kinds) {
        assertEquals(await refusal(create({ [field]: { a: value } })), {
          code: 400,
          reason: "BadRequest",
          message: 'ConfigMap in version "v1" cannot be handled as a ' +
            `ConfigMap: json: cannot unmarshal ${type} into Go struct field ` +
            `ObjectMeta.metadata.${field} of type string`,
        });
      }
      const { code, message } = await refusal(create({ [field]: "x" }));
      assertEquals(code, 400);
      assertMatch(message!, /cannot unmarshal string .* map\[string\]string$/);
    }
    const made = await create({ labels: { a: "5" } });
    const labels = { a: 5 } as unknown as Record<string, string>;
    const patch = maps.patch("a", { metadata: { labels } });
    assertEquals((await refusal(patch)).code, 422);
    const replaced = maps.replace({
      ...made,
      metadata: { ...made.metadata, labels },
    });
    assertEquals((await refusal(replaced)).code, 400);
    assertEquals((await maps.get("a")).metadata.labels, { a: "5" });
  }));
