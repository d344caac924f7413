// The HTTP verbs on pods, as every server answers them.
import { assert, assertEquals } from "@std/assert";
import {
  Api,
  ApiError,
  ConfigMap,
  createClient,
  Deployment,
  isRolledOut,
  Namespace,
  type Pod,
  PodDisruptionBudget,
  type WatchEvent,
} from "../../mod.ts";
import { hasEnded } from "../backends/test_pod.ts";
import { rejection } from "../support/async.ts";
import { type Fixture, testCase } from "./fixture.ts";

/** Creates unscheduled pods with a label. */
async function labelled(
  { pod, pods }: Fixture,
  ...apps: string[]
): Promise<string[]> {
  const names: string[] = [];
  for (const app of apps) {
    const name = await pod({ unschedulable: true });
    await pods.patch(name, { metadata: { labels: { app } } });
    names.push(name);
  }
  return names.sort();
}

function namesOf(items: readonly { metadata: { name: string } }[]): string[] {
  return items.map(({ metadata }) => metadata.name).sort();
}

testCase(
  "verbs: create, get, list, delete",
  async (fixture) => {
    const { pods, pod } = fixture;
    const name = await pod({ unschedulable: true });
    const got = await pods.get(name);
    assertEquals([got.apiVersion, got.kind], ["v1", "Pod"]);
    assertEquals(got.spec.containers[0]?.name, "main");
    const list = await pods.list({ fieldSelector: `metadata.name=${name}` });
    assertEquals(namesOf(list.items), [name]);
    assertEquals([list.items[0]?.apiVersion, list.items[0]?.kind], [
      "v1",
      "Pod",
    ]);
    await pods.delete(name, { gracePeriodSeconds: 0 });
    await pods.waitFor(name, (pod) => pod === undefined);
    const error = await rejection(pods.get(name), ApiError);
    assertEquals([error.httpStatus, error.reason], [404, "NotFound"]);
    assertEquals(error.apiStatus?.message, `pods "${name}" not found`);
  },
);

testCase("verbs: selectors choose by labels and fields", async (fixture) => {
  const [one, two] = await labelled(fixture, "one", "two");
  assert(one !== undefined && two !== undefined);
  const chosen = async (labelSelector: string) =>
    (await fixture.pods.list({ labelSelector })).items.length;
  assertEquals(await chosen("app in (one,two)"), 2);
  assertEquals(await chosen("app=one"), 1);
  assertEquals(await chosen("app,app!=one"), 1);
  assertEquals(await chosen("!app"), 0);
  const { items } = await fixture.pods.list({
    fieldSelector: "status.phase=Running",
  });
  assertEquals(items, []);
  const error = await rejection(chosen("a=b=c"), ApiError);
  assertEquals([error.httpStatus, error.reason], [400, "BadRequest"]);
}, { alone: true });

testCase(
  "verbs: a list in pages is the whole list, each object once",
  async (fixture) => {
    const names = await labelled(fixture, "x", "x", "x", "y", "x");
    const page = await fixture.pods.list({ limit: 2 });
    assertEquals(page.items.length, 2);
    assert(page.metadata.continue);
    const all = await Array.fromAsync(fixture.pods.listAll({ limit: 2 }));
    assertEquals(namesOf(all), names);
    const some = fixture.pods.listAll({ limit: 1, labelSelector: "app=x" });
    assertEquals((await Array.fromAsync(some)).length, 4);
  },
  { alone: true },
);

testCase(
  "verbs: get a cluster-scoped object",
  async ({ client, namespace }) => {
    const namespaces = new Api(Namespace, { client });
    const found = await namespaces.get(namespace).catch((error) => error);
    // The upstream server has pods in namespaces that do not exist as objects.
    if (found instanceof ApiError) return assertEquals(found.httpStatus, 404);
    assertEquals([found.metadata.name, found.metadata.namespace], [
      namespace,
      undefined,
    ]);
  },
);

testCase("verbs: every type of patch", async ({ pods, pod }) => {
  const name = await pod({ unschedulable: true });
  const labels = async () => (await pods.get(name)).metadata.labels;
  await pods.patch(name, { metadata: { labels: { a: "1", b: "2" } } });
  assertEquals(await labels(), { a: "1", b: "2" });
  await pods.patch(name, { metadata: { labels: { a: null } } });
  assertEquals(await labels(), { b: "2" });
  await pods.patch(name, [
    { op: "test", path: "/metadata/labels/b", value: "2" },
    { op: "add", path: "/metadata/labels/c", value: "3" },
    { op: "remove", path: "/metadata/labels/b" },
  ], { type: "json" });
  assertEquals(await labels(), { c: "3" });
  const containers = [{ name: "main", image: "newer" }];
  const patched = await pods.patch(name, { spec: { containers } }, {
    type: "strategic",
  });
  assertEquals(patched.spec.containers.length, 1);
  assertEquals(patched.spec.containers[0]?.image, "newer");
  const failed = pods.patch(name, [
    { op: "test", path: "/metadata/labels/c", value: "4" },
  ], { type: "json" });
  assertEquals((await rejection(failed, ApiError)).httpStatus, 422);
  const missing = pods.patch("missing", { metadata: { labels: {} } });
  assertEquals((await rejection(missing, ApiError)).httpStatus, 404);
});

testCase("verbs: server-side apply tracks field managers", async ({ pods }) => {
  const name = `applied-${crypto.randomUUID().slice(0, 8)}`;
  const spec = { containers: [{ name: "main", image: "busybox" }] };
  const apply = (
    fieldManager: string,
    labels: Record<string, string>,
    force = false,
  ) =>
    pods.patch(name, { metadata: { labels }, spec }, {
      type: "apply",
      fieldManager,
      force,
    });
  const created = await apply("me", { app: "one", mine: "1" });
  assertEquals(created.metadata.labels, { app: "one", mine: "1" });
  const changed = await apply("me", { app: "two" });
  assertEquals(changed.metadata.labels, { app: "two" });
  assertEquals(changed.metadata.uid, created.metadata.uid);
  const error = await rejection(apply("you", { app: "three" }), ApiError);
  assertEquals([error.httpStatus, error.reason], [409, "Conflict"]);
  const [cause] = error.apiStatus?.details?.causes ?? [];
  assertEquals(cause?.reason, "FieldManagerConflict");
  assertEquals(cause?.field, ".metadata.labels.app");
  assert(cause?.message?.startsWith('conflict with "me"'), cause?.message);
  const forced = await apply("you", { app: "three" }, true);
  assertEquals(forced.metadata.labels, { app: "three" });
  const left = await apply("me", {});
  assertEquals(left.metadata.labels, { app: "three" });
  await pods.delete(name, { gracePeriodSeconds: 0 });
});

testCase(
  "verbs: replacing with a stale object is a conflict",
  async ({ pods, pod }) => {
    const name = await pod({ unschedulable: true });
    const old = await pods.get(name);
    const labels = { app: "web" };
    const fresh = await pods.replace({
      ...old,
      metadata: { ...old.metadata, labels },
    });
    assertEquals(fresh.metadata.labels, labels);
    assertEquals(fresh.metadata.uid, old.metadata.uid);
    const error = await rejection(pods.replace(old), ApiError);
    assertEquals([error.httpStatus, error.reason], [409, "Conflict"]);
    const again = pods.create({
      metadata: { name },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    const taken = await rejection(again, ApiError);
    assertEquals([taken.httpStatus, taken.reason], [409, "AlreadyExists"]);
  },
);

testCase(
  "verbs: delete with a uid precondition",
  async ({ pods, pod }) => {
    const name = await pod({ unschedulable: true });
    const { metadata } = await pods.get(name);
    const wrong = pods.delete(name, { preconditions: { uid: "other" } });
    const error = await rejection(wrong, ApiError);
    assertEquals([error.httpStatus, error.reason], [409, "Conflict"]);
    await pods.delete(name, {
      gracePeriodSeconds: 0,
      preconditions: { uid: metadata.uid },
    });
    await pods.waitFor(name, (pod) => pod === undefined);
  },
);

testCase("verbs: deleteCollection by selector", async (fixture) => {
  const { pods } = fixture;
  await labelled(fixture, "x", "x", "y");
  const options = { labelSelector: "app=x", gracePeriodSeconds: 0 };
  await pods.deleteCollection(options);
  const listed = async () =>
    (await pods.list({ labelSelector: "app" })).items
      .map(({ metadata }) => metadata.labels?.app);
  while ((await listed()).includes("x")) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals(await listed(), ["y"]);
});

function word({ type, object }: WatchEvent<Pod>): string {
  return `${type} ${object.metadata.labels?.app}`;
}

testCase(
  "watch: existing objects, changes, and objects that leave the selection",
  async (fixture) => {
    const { pods } = fixture;
    const [name] = await labelled(fixture, "one");
    const events = pods.watch({ labelSelector: "app" });
    const next = async () => word((await events.next()).value);
    assertEquals(await next(), "ADDED one");
    await pods.patch(name!, { metadata: { labels: { app: "two" } } });
    assertEquals(await next(), "MODIFIED two");
    await pods.patch(name!, { metadata: { labels: { app: null } } });
    assertEquals((await next()).split(" ")[0], "DELETED");
    await pods.patch(name!, { metadata: { labels: { app: "three" } } });
    assertEquals(await next(), "ADDED three");
    await pods.delete(name!, { gracePeriodSeconds: 0 });
    let last = await next();
    while (last !== "DELETED three") last = await next();
    await events.return!();
  },
  { alone: true },
);

testCase(
  "watch: from the version of a list",
  async (fixture) => {
    const { pods } = fixture;
    const [name] = await labelled(fixture, "one");
    const { metadata } = await pods.list();
    await pods.patch(name!, { metadata: { labels: { app: "two" } } });
    const { resourceVersion } = metadata;
    for await (const event of pods.watch({ resourceVersion })) {
      assertEquals(word(event), "MODIFIED two");
      break;
    }
  },
  { alone: true },
);

testCase("watch: the signal's reason ends it", async (fixture) => {
  await labelled(fixture, "one");
  const controller = new AbortController();
  const { signal } = controller;
  const events = fixture.pods.watch({ signal });
  await events.next();
  const pending = events.next();
  controller.abort("enough");
  assertEquals(await pending.catch((reason) => reason), "enough");
}, { alone: true });

testCase(
  "waitFor: a short-lived state is seen",
  async (fixture) => {
    const { pods } = fixture;
    const [name] = await labelled(fixture, "first");
    const label = (app: string) =>
      pods.patch(name!, { metadata: { labels: { app } } });
    const seen: (string | undefined)[] = [];
    const waiting = pods.waitFor(name!, (pod) => {
      const app = pod?.metadata.labels?.app;
      seen.push(app);
      return app === "last";
    });
    // The first call is a get; a second one proves that the watch has started.
    for (let step = 0; seen.length < 2; step++) await label(`${step}`);
    await label("moment");
    await label("last");
    await waiting;
    assertEquals(seen.slice(-2), ["moment", "last"]);
  },
);

testCase(
  "waitFor: an ended container has its exit code",
  async (fixture) => {
    const name = await fixture.pod({
      container: { command: ["sh", "-c", "exit 3"] },
      spec: { restartPolicy: "Never" },
      until: () => true,
    });
    const over = await fixture.pods.waitFor(name, hasEnded);
    const [container] = over?.status?.containerStatuses ?? [];
    assertEquals(container?.state?.terminated?.exitCode, 3);
  },
);

testCase(
  "verbs: a workload is scaled, and its pods are evicted as its budget allows",
  async ({ client, namespace, pods, podSpec }) => {
    const deployments = new Api(Deployment, { client, namespace });
    const budgets = new Api(PodDisruptionBudget, { client, namespace });
    const name = `scaled-${crypto.randomUUID().slice(0, 8)}`;
    const labels = { app: name };
    const selector = { matchLabels: labels };
    const metadata = { name };
    const template = { metadata: { labels }, spec: podSpec({}) };
    await deployments.create({
      metadata,
      spec: { replicas: 1, selector, template },
    });
    try {
      const { spec } = await deployments.scale(name, 2);
      assertEquals(spec?.replicas, 2);
      await deployments.waitFor(name, isRolledOut);
      const scale = await deployments.get(name, { subresource: "scale" });
      assertEquals([scale.kind, scale.status], ["Scale", {
        replicas: 2,
        selector: `app=${name}`,
      }]);
      await budgets.create({ metadata, spec: { selector, minAvailable: 2 } });
      await budgets.waitFor(name, (it) => it?.status?.currentHealthy === 2);
      const { items: [pod] } = await pods.list({
        labelSelector: `app=${name}`,
      });
      const { name: victim, uid } = pod!.metadata;
      const refused = await rejection(pods.evict(victim), ApiError);
      assertEquals([refused.httpStatus, refused.apiStatus?.details?.causes], [
        429,
        [{
          reason: "DisruptionBudget",
          message:
            `The disruption budget ${name} needs 2 healthy pods and has 2 currently`,
        }],
      ]);
      await budgets.patch(name, { spec: { minAvailable: 1 } });
      await budgets.waitFor(name, (it) => it?.status?.disruptionsAllowed === 1);
      const gracePeriodSeconds = 1;
      await pods.evict(victim, { gracePeriodSeconds, preconditions: { uid } });
      await pods.waitForDeletion(victim, { uid });
      await budgets.waitFor(name, (it) => it?.status?.currentHealthy === 2);
    } finally {
      await budgets.delete(name).catch(() => {});
      await deployments.delete(name, { propagationPolicy: "Foreground" });
      await deployments.waitForDeletion(name);
    }
  },
  { needs: ["disruption budgets"], timeout: 60_000 },
);

testCase(
  "verbs: an ephemeral container joins a pod for good",
  async ({ pods, pod, podSpec }) => {
    const name = await pod({ labels: { own: "pod" } });
    const { containers } = podSpec({
      container: { name: "look", stdin: true, command: ["cat"] },
    });
    const [look] = containers;
    const add = (container: object) =>
      pods.patch(name, { spec: { ephemeralContainers: [container] } }, {
        subresource: "ephemeralcontainers",
        type: "strategic",
      });
    const { spec } = await add({ ...look, targetContainerName: "main" });
    assertEquals(spec.ephemeralContainers?.map((it) => it.name), ["look"]);
    await pods.waitFor(name, (it) => {
      const [status] = it?.status?.ephemeralContainerStatuses ?? [];
      return status?.state?.running !== undefined;
    });
    const session = await pods.attach.stream(name, {
      container: "look",
      stdin: true,
    });
    const writer = session.stdin.getWriter();
    await writer.write(new TextEncoder().encode("looking\n"));
    const { value } = await session.stdout.getReader().read();
    assertEquals(new TextDecoder().decode(value), "looking\n");
    await session.close();
    const command = ["sh", "-c", "echo inside; exit 3"];
    const result = await pods.exec.run(name, { container: "look", command });
    assertEquals([result.text(), result.exitCode], ["inside\n", 3]);
    assertEquals(
      await pods.logs.text(name, { container: "look" }),
      "looking\n",
    );
    const changed = await rejection(add({ ...look, image: "else" }), ApiError);
    assertEquals([changed.httpStatus, changed.reason], [422, "Invalid"]);
    const removed = pods.patch(name, { spec: { ephemeralContainers: null } }, {
      subresource: "ephemeralcontainers",
    });
    assertEquals((await rejection(removed, ApiError)).httpStatus, 422);
    const main = await pods.get(name, { subresource: "ephemeralcontainers" });
    assertEquals(main.spec.containers.map((it) => it.name), ["main"]);
  },
  { needs: ["ephemeral containers"] },
);

testCase(
  "verbs: the server's warnings reach onEvent",
  async ({ options, namespace }) => {
    const warnings: string[] = [];
    const client = await createClient({
      ...options(),
      onEvent: (event) => event.type === "warning" && warnings.push(event.text),
    });
    const maps = new Api(ConfigMap, { client, namespace });
    const name = `warned-${crypto.randomUUID().slice(0, 8)}`;
    const object = { metadata: { name }, colour: "red" };
    await maps.create(object, { dryRun: true, fieldValidation: "Warn" });
    await client.close();
    assertEquals(warnings, ['unknown field "colour"']);
  },
  { needs: ["controllers"] },
);
