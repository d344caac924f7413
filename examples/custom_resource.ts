/**
 * Works with objects of a custom resource. The cluster must have its definition;
 * without it the answer is 404.
 *
 *     deno run -A examples/custom_resource.ts
 */
import {
  Api,
  createClient,
  defineResource,
  type KubeObject,
} from "@podwire/podwire";

interface Widget extends KubeObject {
  spec: { size: number };
  status?: { ready?: boolean };
}

const Widget = defineResource<Widget>({
  group: "example.com",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
});

const client = await createClient();
const widgets = new Api(Widget, { client });

const { metadata } = await widgets.create({
  metadata: { generateName: "widget-" },
  spec: { size: 3 },
});
const { spec } = await widgets.patch(metadata.name, { spec: { size: 4 } });
console.log(`${metadata.name} has size ${spec.size}`);
await widgets.delete(metadata.name);

await client.close();
