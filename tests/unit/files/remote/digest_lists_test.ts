import { assertEquals } from "@std/assert";
import { DigestLists } from "../../../../src/files/remote/digest_lists.ts";
import type { TreeSource } from "../../../../src/files/tree_entry.ts";
import { test } from "../../../harness.ts";

const LARGE = 16 * 1024 * 1024;

test("digest lists: those of large files and odd names apart, none of lists", () => {
  const lists = new DigestLists("end");
  lists.add({ path: "a b", size: 1, digest: "11" });
  lists.add({ path: "a\\b", size: LARGE - 2, digest: "33" });
  lists.add({ path: "a\n\\\r", size: 1, digest: "44" });
  lists.add({ path: "end/many.1", size: 1, digest: "55" });
  lists.addLink("link");
  assertEquals(lists.full(), null);
  lists.add({ path: "large", size: LARGE, digest: "22" });
  const body = "\\44  ./a\\n\\\\\\r\nlink  ./link\n22  ./large\n";
  assertEquals(lists.full(), { path: "end/each.1", body });
  assertEquals(lists.rest(), [
    { path: "end/many.2", body: "11  ./a b\n33  ./a\\b\n" },
  ]);
  assertEquals(lists.rest(), []);
});

test("digest lists: a list is full after 1,000 files or 16 MiB, and begins anew", () => {
  const lists = new DigestLists("end");
  const found: string[] = [];
  const take = (list: TreeSource | null) => {
    if (list !== null) found.push(`${list.path} ${list.body}`);
  };
  for (let i = 0; i < 2500; i++) {
    lists.add({ path: `${i}`, size: i, digest: "0" });
    take(lists.full());
  }
  lists.add({ path: "large", size: LARGE - 1, digest: "0" });
  take(lists.full());
  lists.rest().forEach(take);
  const starts = found.map((list) => list.split("\n")[0]);
  assertEquals(starts, [
    ...["end/many.1 0  ./0", "end/many.2 0  ./1000", "end/many.3 0  ./2000"],
  ]);
  assertEquals(found.join("").match(/\n/g)?.length, 2501);
});
