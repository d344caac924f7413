/**
 * Creates, patches, lists, updates and deletes objects, here config maps.
 *
 *     deno run -A examples/resources.ts      bun examples/resources.ts
 */
import { Api, ApiError, ConfigMap, createClient } from "@podwire/podwire";

const client = await createClient();
const configMaps = new Api(ConfigMap, { client });

const { metadata: { name } } = await configMaps.create({
  metadata: { generateName: "podwire-", labels: { app: "podwire" } },
  data: { colour: "blue", size: "1" },
});
console.log(`created ${name}`);

try {
  await configMaps.patch(name, { data: { colour: "green", size: null } });

  const selection = { labelSelector: "app=podwire", limit: 100 };
  for await (const { metadata, data } of configMaps.listAll(selection)) {
    if (metadata.name === name) console.log(`${name} is ${data?.colour}`);
  }

  await count();
  await count();
  const { data } = await configMaps.get(name);
  console.log(`counted to ${data?.count}`);
} finally {
  await configMaps.delete(name);
  console.log(`deleted ${name}`);
  await client.close();
}

/** Adds one, even while others do the same. */
async function count(): Promise<void> {
  while (true) {
    const map = await configMaps.get(name);
    const count = String(Number(map.data?.count ?? 0) + 1);
    try {
      await configMaps.replace({ ...map, data: { ...map.data, count } });
      return;
    } catch (error) {
      const conflict = error instanceof ApiError && error.reason === "Conflict";
      if (!conflict) throw error;
    }
  }
}
