import { assertEquals, assertRejects } from "@std/assert";
import type { Stored } from "../../../../src/client/kube_object.ts";
import type { Pod } from "../../../../src/client/resources.ts";
import { ApiError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { json } from "../../../support/fake_transport.ts";
import { EXPIRED, pod, scriptedApi } from "../../../support/scripted_api.ts";

function page(token: string | undefined, ...items: unknown[]) {
  return json({ metadata: { resourceVersion: "1", continue: token }, items });
}

/** A Status for an expired token, with another in its stead. */
function expired(token?: string) {
  return json({ ...EXPIRED, metadata: { continue: token } }, 410);
}

async function names(objects: AsyncIterable<Stored<Pod>>): Promise<string> {
  return (await Array.fromAsync(objects)).map((it) => it.metadata.name).join();
}

test("listAll: every page, each requested when it is needed", async () => {
  const { pods, requests } = scriptedApi(
    page("t1", pod("a", 1), pod("b", 1)),
    page("t2", pod("c", 1)),
    page("", pod("d", 1)),
  );
  const objects = pods.listAll({ labelSelector: "app=web", limit: 2 });
  assertEquals(requests.length, 0);
  assertEquals((await objects.next()).value.metadata.name, "a");
  assertEquals((await objects.next()).value.metadata.name, "b");
  assertEquals(requests.length, 1);
  assertEquals(await names(objects), "c,d");
  const path =
    "GET /prefix/api/v1/namespaces/team/pods?labelSelector=app%3Dweb&limit=2";
  assertEquals(requests, [
    path,
    `${path}&continue=t1`,
    `${path}&continue=t2`,
  ]);
});

test("listAll: requests 500 at a time by default, and nothing after the loop is left", async () => {
  const { pods, requests } = scriptedApi(page("t1", pod("a", 1)));
  for await (const { metadata } of pods.listAll()) {
    assertEquals(metadata.name, "a");
    break;
  }
  assertEquals(requests, ["GET /prefix/api/v1/namespaces/team/pods?limit=500"]);
});

test("listAll: a token that has expired is replaced by the one that the server offers", async () => {
  const { pods, requests } = scriptedApi(
    page("t1", pod("a", 1)),
    expired("t1b"),
    page(undefined, pod("b", 2)),
  );
  assertEquals(await names(pods.listAll()), "a,b");
  assertEquals(requests.at(-1)?.endsWith("&continue=t1b"), true);
});

test("listAll: where none is offered, or the same again, 410 is an ApiError", async () => {
  for (const token of [undefined, "t1"]) {
    const { pods, requests } = scriptedApi(
      page("t1", pod("a", 1)),
      expired(token),
      expired(token),
    );
    const error = await assertRejects(() => names(pods.listAll()), ApiError);
    assertEquals(error.httpStatus, 410);
    assertEquals(requests.length, 2);
  }
  const { pods } = scriptedApi(expired("t0"));
  await assertRejects(() => names(pods.listAll()), ApiError, "410");
});

test("listAll: the signal's reason ends it between two pages", async () => {
  const { pods } = scriptedApi(page("t1", pod("a", 1)), page("", pod("b", 1)));
  const controller = new AbortController();
  const objects = pods.listAll({ signal: controller.signal });
  await objects.next();
  controller.abort("enough");
  assertEquals(await objects.next().catch((reason) => reason), "enough");
});
