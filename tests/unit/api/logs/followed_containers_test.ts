import { assert, assertEquals } from "@std/assert";
import { FollowedContainers } from "../../../../src/api/logs/followed_containers.ts";
import { test } from "../../../harness.ts";

test("FollowedContainers: a log is begun once, also if its pod comes back", () => {
  const followed = new FollowedContainers();
  assert(followed.isNew("a", "main"));
  followed.begin("a", "main");
  assert(followed.isNew("a", "beside"));
  // Its labels changed, and changed back.
  followed.left("a");
  followed.keep(new Set(["a"]));
  assert(!followed.isNew("a", "main"));
  followed.ended("a");
  assert(!followed.isNew("a", "main"));
});

test("FollowedContainers: a pod that is gone is forgotten once its logs are read", () => {
  const followed = new FollowedContainers();
  for (let pod = 0; pod < 100; pod++) {
    followed.begin(`${pod}`, "main");
    followed.begin(`${pod}`, "beside");
    followed.ended(`${pod}`);
  }
  for (let pod = 0; pod < 50; pod++) followed.left(`${pod}`);
  followed.keep(new Set(["98", "99"]));
  assertEquals(followed.size, 100);
  for (let pod = 0; pod < 100; pod++) followed.ended(`${pod}`);
  assertEquals(followed.size, 2);
  followed.ended("0");
});

test("FollowedContainers: a failure is told once, until its pod is gone", () => {
  const followed = new FollowedContainers();
  assertEquals(["a", "a", "b"].map((it) => followed.tells(it, "main")), [
    true,
    false,
    true,
  ]);
  assert(followed.isNew("a", "main"));
  followed.left("a");
  followed.left("a");
  assertEquals(followed.size, 1);
});
