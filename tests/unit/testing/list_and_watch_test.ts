// Pages and watches of the embedded server, by the client and by hand.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Api,
  ApiError,
  type Client,
  ConfigMap,
  isRunning,
  Pod,
  type WatchEvent,
} from "../../../mod.ts";
import { readLines } from "../../../src/streams/read_lines.ts";
import { test } from "../../harness.ts";
import { withMemory } from "./with_memory.ts";

function configMaps(client: Client): Api<typeof ConfigMap> {
  return new Api(ConfigMap, { client });
}

/** Creates config maps of these names, the first letter as the label `app`. */
async function create(
  maps: Api<typeof ConfigMap>,
  ...names: string[]
): Promise<void> {
  for (const name of names) {
    await maps.create({ metadata: { name, labels: { app: name[0]! } } });
  }
}

function word({ type, object }: WatchEvent<ConfigMap>): string {
  return `${type} ${object.metadata.name}`;
}

/** The next events, as text. */
async function take(
  events: AsyncIterator<WatchEvent<ConfigMap>>,
  count: number,
): Promise<string[]> {
  const words: string[] = [];
  while (words.length < count) words.push(word((await events.next()).value));
  return words;
}

test("list: pages form one snapshot, and count the remaining items", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    await create(maps, "a", "b", "c", "d");
    const first = await maps.list({ limit: 2 });
    assertEquals(first.metadata.remainingItemCount, 2);
    await maps.delete("c");
    await create(maps, "e");
    const token = first.metadata.continue;
    const second = await maps.list({ limit: 2, continue: token });
    const names = second.items.map(({ metadata }) => metadata.name);
    assertEquals(names, ["c", "d"]);
    assertEquals(second.metadata.continue, undefined);
    assertEquals(
      second.metadata.resourceVersion,
      first.metadata.resourceVersion,
    );
  }));

test("list: an expired token is a 410 with another, which listAll uses", () =>
  withMemory(async (client, transport) => {
    const maps = configMaps(client);
    await create(maps, "a", "b", "c");
    const page = await maps.list({ limit: 2 });
    const objects = maps.listAll({ limit: 2 });
    await objects.next();
    await maps.delete("c");
    await create(maps, "d");
    transport.compact();
    const error = await assertRejects(
      () => maps.list({ continue: page.metadata.continue }),
      ApiError,
    );
    assertEquals([error.httpStatus, error.reason], [410, "Expired"]);
    const rest: string[] = [];
    for await (const { metadata } of objects) rest.push(metadata.name);
    assertEquals(rest, ["b", "d"]);
  }));

test("list: an invalid token is a 400", () =>
  withMemory(async (client) => {
    const list = configMaps(client).list({ continue: "nonsense" });
    const error = await assertRejects(() => list, ApiError);
    assertEquals(error.apiStatus?.message, "continue key is not valid");
  }));

test("watch: existing objects and changes, in every namespace", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    await create(maps, "a");
    const events = maps.watch({ allNamespaces: true });
    assertEquals(await take(events, 1), ["ADDED a"]);
    await new Api(ConfigMap, { client, namespace: "other" }).create({
      metadata: { name: "b" },
    });
    await maps.patch("a", { data: { c: "d" } });
    await maps.delete("a");
    assertEquals(await take(events, 3), [
      "ADDED b",
      "MODIFIED a",
      "DELETED a",
    ]);
    await events.return!();
  }));

test("watch: objects that enter and leave a selection are ADDED and DELETED", () =>
  withMemory(async (client) => {
    const maps = configMaps(client);
    await create(maps, "a", "b");
    const events = maps.watch({ labelSelector: "app=a" });
    assertEquals(await take(events, 1), ["ADDED a"]);
    const label = (name: string, app: string) =>
      maps.patch(name, { metadata: { labels: { app } } });
    await label("b", "a");
    await label("b", "c");
    await label("a", "x");
    await maps.delete("b");
    await create(maps, "a1");
    assertEquals(await take(events, 4), [
      "ADDED b",
      "DELETED b",
      "DELETED a",
      "ADDED a1",
    ]);
    await events.return!();
  }));

test("watch: continues after its version was compacted", () =>
  withMemory(async (client, transport) => {
    const maps = configMaps(client);
    await create(maps, "a", "b");
    const events = maps.watch();
    assertEquals(await take(events, 2), ["ADDED a", "ADDED b"]);
    const next = take(events, 3);
    transport.compact();
    await maps.delete("a");
    await maps.patch("b", { data: { c: "d" } });
    await create(maps, "e");
    assertEquals((await next).sort(), ["ADDED e", "DELETED a", "MODIFIED b"]);
    await events.return!();
  }));

test("watch: from a compacted version, 410", () =>
  withMemory(async (client, transport) => {
    const maps = configMaps(client);
    const { metadata } = await maps.list();
    transport.compact();
    const { resourceVersion } = metadata;
    const error = await assertRejects(
      () => maps.watch({ resourceVersion }).next(),
      ApiError,
    );
    assertEquals([error.httpStatus, error.reason], [410, "Expired"]);
  }));

test("watch: by hand, a bookmark comes before the time is up", () =>
  withMemory(async (client) => {
    await create(configMaps(client), "a");
    const query = new URLSearchParams({
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: "1",
      resourceVersion: "0",
    });
    const { body } = await client.request({
      method: "GET",
      path: "/api/v1/namespaces/default/configmaps",
      query,
    });
    const events: { type: string; object: ConfigMap }[] = [];
    for await (const line of readLines(body, "read")) {
      events.push(JSON.parse(line));
    }
    assertEquals(events.map(({ type }) => type), ["ADDED", "BOOKMARK"]);
    const [added, bookmark] = events.map(({ object }) => object);
    assertEquals(bookmark, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { resourceVersion: added!.metadata!.resourceVersion! },
    });
  }));

test("watch: an invalid version is a 400", () =>
  withMemory(async (client) => {
    const events = configMaps(client).watch({ resourceVersion: "x" });
    await assertRejects(() => events.next(), ApiError, "400");
  }));

test("waitFor: sees a pod run, end and go, also without permission to watch", async () => {
  const rights = [["get", "create", "delete", "list", "watch"], [
    "get",
    "create",
    "delete",
  ]];
  for (const verbs of rights) {
    const allows = ({ verb }: { verb: string }) => verbs.includes(verb);
    const users = [{ name: "u", token: "t", allows }];
    await withMemory(
      async (client) => {
        const pods = new Api(Pod, { client });
        const running = pods.waitFor("web-0", isRunning);
        await pods.create({
          metadata: { name: "web-0" },
          spec: { containers: [{ name: "main", image: "none" }] },
        });
        assert((await running).metadata.uid !== "");
        const gone = pods.waitFor("web-0", (pod) => pod === undefined);
        await pods.delete("web-0");
        assertEquals(await gone, undefined);
      },
      { users, startupDelay: 10 },
      { token: "t" },
    );
  }
});
