import { assertEquals } from "@std/assert";
import { mergePatch } from "../../../../../src/testing/api_server/patches/read_patch.ts";
import { strategicPatch } from "../../../../../src/testing/api_server/patches/strategic_patch.ts";
import { test } from "../../../../harness.ts";

const pod = {
  metadata: { finalizers: ["a"], labels: { app: "web" } },
  spec: {
    containers: [
      { name: "main", image: "a", env: [{ name: "X", value: "1" }] },
      { name: "side", image: "b", args: ["1", "2"] },
    ],
    volumes: [{ name: "data", emptyDir: {} }],
  },
};

/** The containers after a patch. */
function containers(...patch: Record<string, unknown>[]): unknown {
  const { spec } = strategicPatch("Pod", pod, { spec: { containers: patch } });
  return (spec as typeof pod.spec).containers;
}

test("strategic patch: items are merged by their key, others are added", () => {
  assertEquals(
    containers(
      { name: "side", image: "c", args: ["3"] },
      { name: "third", image: "d" },
    ),
    [
      pod.spec.containers[0],
      { name: "side", image: "c", args: ["3"] },
      { name: "third", image: "d" },
    ],
  );
  assertEquals(
    containers({ name: "main", env: [{ name: "Y", value: "2" }] }),
    [
      {
        name: "main",
        image: "a",
        env: [{ name: "X", value: "1" }, { name: "Y", value: "2" }],
      },
      pod.spec.containers[1],
    ],
  );
});

test("strategic patch: items are deleted, a list is replaced", () => {
  assertEquals(containers({ name: "main", $patch: "delete" }), [
    pod.spec.containers[1],
  ]);
  assertEquals(containers({ $patch: "replace" }, { name: "new" }), [
    { name: "new" },
  ]);
});

test("strategic patch: directives of objects", () => {
  const volumes = [{
    name: "data",
    $retainKeys: ["name", "hostPath"],
    hostPath: { path: "/a" },
  }];
  assertEquals(
    strategicPatch("Pod", pod, { spec: { volumes, $patch: "replace" } }).spec,
    { volumes: [{ name: "data", hostPath: { path: "/a" } }] },
  );
  assertEquals(
    strategicPatch("Pod", pod, { spec: { $patch: "delete" } }).spec,
    undefined,
  );
});

test("strategic patch: sets of values are merged, and reduced by a directive", () => {
  const finalizers = (metadata: Record<string, unknown>) =>
    (strategicPatch("Pod", pod, { metadata }).metadata as typeof pod.metadata)
      .finalizers;
  assertEquals(finalizers({ finalizers: ["b", "a"] }), ["a", "b"]);
  const directive = "$deleteFromPrimitiveList/finalizers";
  assertEquals(finalizers({ [directive]: ["a"] }), []);
});

test("strategic patch: null removes a field; the input object stays unchanged", () => {
  const before = structuredClone(pod);
  const patched = strategicPatch("Pod", pod, {
    metadata: { labels: { app: null, tier: "1" } },
  });
  assertEquals(patched.metadata, { finalizers: ["a"], labels: { tier: "1" } });
  assertEquals(pod, before);
});

test("strategic patch: ports have another key in a service, none in a policy", () => {
  const ports = (kind: string) =>
    strategicPatch(kind, { ports: [{ port: 1, name: "a" }] }, {
      ports: [{ port: 1, name: "b" }, { port: 2 }],
    }).ports;
  const merged = [{ port: 1, name: "b" }, { port: 2 }];
  assertEquals(ports("Service"), merged);
  assertEquals(
    strategicPatch("NetworkPolicy", { ports: [{ port: 1 }] }, {
      ports: [{ port: 2 }],
    }).ports,
    [{ port: 2 }],
  );
});

// RFC 7386, appendix A.
const examples: [target: unknown, patch: unknown, result: unknown][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [["a", "b"], ["c", "d"], ["c", "d"]],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];
for (const [target, patch, result] of examples) {
  const name = `${JSON.stringify(target)} and ${JSON.stringify(patch)}`;
  test(`merge patch: ${name}`, () => {
    assertEquals(mergePatch(target, patch), result);
  });
}
