import { assertEquals, assertThrows } from "@std/assert";
import {
  type ResourceAddress,
  resourcePath,
} from "../../../src/request/resource_path.ts";
import { test } from "../../harness.ts";

const pods: ResourceAddress = {
  group: "",
  version: "v1",
  plural: "pods",
  namespaced: true,
  namespace: "team",
};

test("resourcePath: collection, object and subresource of the core group", () => {
  assertEquals(resourcePath(pods), "/api/v1/namespaces/team/pods");
  assertEquals(
    resourcePath({ ...pods, name: "web-0" }),
    "/api/v1/namespaces/team/pods/web-0",
  );
  assertEquals(
    resourcePath({ ...pods, name: "web-0", subresource: "exec" }),
    "/api/v1/namespaces/team/pods/web-0/exec",
  );
});

test("resourcePath: a named group is under /apis", () => {
  const path = resourcePath({
    ...pods,
    group: "apps",
    plural: "deployments",
  });
  assertEquals(path, "/apis/apps/v1/namespaces/team/deployments");
});

test("resourcePath: a cluster-scoped resource has no namespace in its path", () => {
  const path = resourcePath({
    ...pods,
    plural: "nodes",
    namespaced: false,
    namespace: null,
    name: "n1",
  });
  assertEquals(path, "/api/v1/nodes/n1");
});

test("resourcePath: every segment is escaped", () => {
  const path = resourcePath({
    ...pods,
    namespace: "a b",
    name: "x?y#z..é %2e",
  });
  assertEquals(
    path,
    "/api/v1/namespaces/a%20b/pods/x%3Fy%23z..%C3%A9%20%252e",
  );
});

test("resourcePath: a missing namespace is a TypeError that names the action", () => {
  for (const namespace of [null, ""]) {
    assertThrows(
      () => resourcePath({ ...pods, namespace }, 'exec in pods "web-0"'),
      TypeError,
      'Cannot exec in pods "web-0": no namespace is given',
    );
  }
});

test("resourcePath: an empty name, or a subresource of no object, is a TypeError", () => {
  assertThrows(
    () => resourcePath({ ...pods, name: "" }),
    TypeError,
    "Cannot address pods: no name is given",
  );
  assertThrows(
    () => resourcePath({ ...pods, subresource: "exec" }),
    TypeError,
    "no name is given",
  );
});

test("resourcePath: a segment that a URL parser would resolve is a TypeError", () => {
  for (const name of [".", ".."]) {
    assertThrows(
      () => resourcePath({ ...pods, name }),
      TypeError,
      `the name is "${name}"`,
    );
  }
});

test("resourcePath: a name that is no string is a TypeError", () => {
  const name = 7 as unknown as string;
  assertThrows(
    () => resourcePath({ ...pods, name }),
    TypeError,
    "the name must be a string",
  );
});

test("resourcePath: half a character is a TypeError", () => {
  assertThrows(
    () => resourcePath({ ...pods, name: "\ud800" }),
    TypeError,
    "the name is not valid Unicode",
  );
});

test("resourcePath: what an API server would split is a TypeError", () => {
  for (const name of ["web-0/log", "../../secrets/x", "/"]) {
    assertThrows(
      () => resourcePath({ ...pods, name }, "get it"),
      TypeError,
      'Cannot get it: the name contains "/"',
    );
  }
  assertThrows(
    () => resourcePath({ ...pods, namespace: "a/b" }),
    TypeError,
    'the namespace contains "/"',
  );
});
