// Server-side apply on the embedded server.
import { assertEquals, assertRejects } from "@std/assert";
import { Api, ApiError, type Client, Deployment } from "../../../mod.ts";
import { test } from "../../harness.ts";
import { withMemory } from "./with_memory.ts";

const CONFLICT = "FieldManagerConflict";

/** Applies parts of the deployment `web`. */
function applier(client: Client, fieldManager: string) {
  const deployments = new Api(Deployment, { client });
  return (spec: Record<string, unknown>, force = false) =>
    deployments.patch("web", { spec }, { type: "apply", fieldManager, force });
}

const containers = (...list: { name: string; image?: string }[]) => ({
  template: { spec: { containers: list } },
});

test("apply: creates the object, then changes it", () =>
  withMemory(async (client) => {
    const apply = applier(client, "me");
    const created = await apply({ replicas: 1 });
    assertEquals(created.metadata.name, "web");
    const changed = await apply({ replicas: 2 });
    assertEquals(changed.spec.replicas, 2);
    assertEquals(changed.metadata.uid, created.metadata.uid);
    const again = await apply({ replicas: 2 });
    assertEquals(
      again.metadata.resourceVersion,
      changed.metadata.resourceVersion,
    );
  }));

test("apply: a field that its manager no longer applies is removed", () =>
  withMemory(async (client) => {
    const [me, you] = [applier(client, "me"), applier(client, "you")];
    await me({
      paused: true,
      minReadySeconds: 1,
      ...containers({ name: "a", image: "1" }, { name: "b" }),
    });
    await you({ minReadySeconds: 1, ...containers({ name: "c" }) });
    const { spec } = await me(containers({ name: "a", image: "1" }));
    assertEquals([spec.paused, spec.minReadySeconds], [undefined, 1]);
    assertEquals(
      spec.template.spec?.containers.map(({ name }) => name).sort(),
      ["a", "c"],
    );
  }));

test("apply: a field of another manager is a conflict, unless forced", () =>
  withMemory(async (client) => {
    const [me, you] = [applier(client, "me"), applier(client, "you")];
    await me({ replicas: 1, ...containers({ name: "a", image: "1" }) });
    const wanted = { replicas: 2, ...containers({ name: "a", image: "2" }) };
    const error: ApiError = await assertRejects(() => you(wanted), ApiError);
    assertEquals([error.httpStatus, error.reason], [409, "Conflict"]);
    assertEquals(
      error.apiStatus?.message,
      'Apply failed with 2 conflicts: conflict with "me": .spec.replicas\n' +
        'conflict with "me": .spec.template.spec.containers[name="a"].image',
    );
    const causes = error.apiStatus?.details?.causes ?? [];
    for (const { reason } of causes) assertEquals(reason, CONFLICT);
    assertEquals(causes.length, 2);
    assertEquals((await you(wanted, true)).spec.replicas, 2);
    const mine = await me(containers({ name: "a" }));
    assertEquals(mine.spec.replicas, 2);
    assertEquals(mine.spec.template.spec?.containers[0]?.image, "2");
  }));

test("apply: an empty map removes no field of another manager", () =>
  withMemory(async (client) => {
    const [me, you] = [applier(client, "me"), applier(client, "you")];
    const template = (labels: Record<string, string>) => ({
      template: { metadata: { labels } },
    });
    await me(template({ app: "web" }));
    const { spec } = await you(template({}));
    assertEquals(spec.template.metadata?.labels, { app: "web" });
  }));

test("apply: managedFields lists the managers", () =>
  withMemory(async (client) => {
    const { metadata } = await applier(client, "me")({
      replicas: 1,
      ...containers({ name: "a", image: "1" }),
    });
    const [entry, ...others] = metadata.managedFields ?? [];
    assertEquals(others, []);
    const { manager, operation, apiVersion, fieldsV1 } = entry!;
    assertEquals([manager, operation, apiVersion], ["me", "Apply", "apps/v1"]);
    const item = { ".": {}, "f:name": {}, "f:image": {} };
    assertEquals(fieldsV1, {
      "f:spec": {
        "f:replicas": {},
        "f:template": {
          "f:spec": { "f:containers": { 'k:{"name":"a"}': item } },
        },
      },
    });
  }));
