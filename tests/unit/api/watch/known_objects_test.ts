import { assertEquals } from "@std/assert";
import { KnownObjects } from "../../../../src/api/watch/known_objects.ts";
import type { KubeObject, Stored } from "../../../../src/client/kube_object.ts";
import { test } from "../../../harness.ts";

function object(name: string, version: number, uid = name): Stored<KubeObject> {
  const resourceVersion = String(version);
  return { metadata: { name, uid, resourceVersion, creationTimestamp: "" } };
}

/** What is told of steps, one string for each. */
function story(known: KnownObjects<KubeObject>) {
  const words = (step: Parameters<typeof known.eventsOf>[0]) =>
    [...known.eventsOf(step)].map(({ type, object: { metadata } }) =>
      `${type} ${metadata.uid} ${metadata.resourceVersion}`
    );
  return {
    listed: (...objects: Stored<KubeObject>[]) =>
      words({ type: "LISTED", objects }),
    event: (
      type: "ADDED" | "MODIFIED" | "DELETED",
      object: Stored<KubeObject>,
    ) => words({ type, object }),
  };
}

test("known objects: the first list is reported as added, events are passed through", () => {
  const { listed, event } = story(new KnownObjects());
  assertEquals(listed(object("a", 1), object("b", 2)), [
    "ADDED a 1",
    "ADDED b 2",
  ]);
  assertEquals(event("MODIFIED", object("a", 3)), ["MODIFIED a 3"]);
  assertEquals(event("DELETED", object("b", 4)), ["DELETED b 4"]);
});

test("known objects: a later list is reported as the difference", () => {
  const { listed, event } = story(new KnownObjects());
  listed(object("same", 1), object("changed", 1), object("gone", 1));
  event("DELETED", object("same", 2));
  event("ADDED", object("back", 3, "same"));
  assertEquals(
    listed(object("same", 3), object("changed", 4), object("new", 5)),
    ["DELETED gone 1", "MODIFIED changed 4", "ADDED new 5"],
  );
});

test("known objects: another object of the same name is another object", () => {
  const { listed } = story(new KnownObjects());
  listed(object("web-0", 1, "u1"));
  assertEquals(listed(object("web-0", 9, "u2")), [
    "DELETED u1 1",
    "ADDED u2 9",
  ]);
});
