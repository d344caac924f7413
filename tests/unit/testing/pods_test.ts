// The HTTP verbs of the embedded cluster.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "../../harness.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import { collectText } from "../../support/collect_text.ts";
import {
  call,
  createPod,
  exec,
  PODS,
  runPod,
  untilPhase,
  withCluster,
} from "./with_cluster.ts";

test("pods: created Pending, on a node a moment later, then Running", () =>
  withCluster({ startupDelay: 60 }, async (cluster) => {
    const created = await createPod(cluster, "web-0");
    assertEquals(created.status, 201);
    assertEquals(created.json.status, { phase: "Pending" });
    assertEquals(created.json.metadata.namespace, "default");
    assert(created.json.metadata.uid !== "");
    await untilPhase(cluster, "web-0", "Running");
    const { json } = await call(cluster, "GET", `${PODS}/web-0`);
    assertEquals(json.spec.nodeName, "podwire-node");
    assertEquals(json.status.containerStatuses[0].ready, true);
  }));

test("pods: generateName gets five letters", () =>
  withCluster({}, async (cluster) => {
    const { json } = await call(cluster, "POST", PODS, {
      metadata: { generateName: "x-" },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    assertMatch(json.metadata.name, /^x-[a-z0-9]{5}$/);
  }));

const invalid: [what: string, body: unknown, code: number, message: string][] =
  [
    [
      "no name",
      { spec: {} },
      422,
      'Pod "" is invalid: metadata.name: Required value: ' +
      "name or generateName is required",
    ],
    [
      "no containers",
      { metadata: { name: "p" }, spec: {} },
      422,
      'Pod "p" is invalid: spec.containers: Required value',
    ],
    [
      "a container without an image",
      { metadata: { name: "p" }, spec: { containers: [{ name: "c" }] } },
      422,
      'Pod "p" is invalid: spec.containers[0].image: Required value',
    ],
    [
      "another namespace",
      { metadata: { name: "p", namespace: "other" } },
      400,
      "the namespace of the provided object does not match " +
      "the namespace sent on the request",
    ],
  ];
for (const [what, body, code, message] of invalid) {
  test(`pods: ${what} is a ${code} with upstream's message`, () =>
    withCluster({}, async (cluster) => {
      const { status, json } = await call(cluster, "POST", PODS, body);
      assertEquals([status, json.code, json.message], [code, code, message]);
    }));
}

test("pods: a name that is taken is a 409; in another namespace it is free", () =>
  withCluster({}, async (cluster) => {
    await createPod(cluster, "web-0");
    const { status, json } = await createPod(cluster, "web-0");
    assertEquals([status, json.reason], [409, "AlreadyExists"]);
    assertEquals(json.message, 'pods "web-0" already exists');
    const other = await call(cluster, "POST", "/api/v1/namespaces/b/pods", {
      metadata: { name: "web-0" },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    assertEquals(other.status, 201);
  }));

test("pods: unknown paths and verbs are a 404 and a 405", () =>
  withCluster({}, async (cluster) => {
    const unknown = [
      "/api/v1/namespaces/a/secrecies",
      "/api/v2/namespaces/a/pods",
      "/apis/apps/v1/namespaces/a/pods",
      "/api/v1/namespaces/a/pods/p/status/more",
      "/api/v1/namespaces/a/pods/p/portforward",
      "/api/v1/namespaces/a/nodes",
      "/api/v1/pods/p",
    ];
    for (const path of unknown) {
      const { status, json } = await call(cluster, "GET", path);
      assertEquals([status, json.reason], [404, "NotFound"], path);
    }
    for (const path of ["/api/v1/pods", `${PODS}/web-0`]) {
      const { status, json } = await call(cluster, "POST", path, {});
      assertEquals([status, json.reason], [405, "MethodNotAllowed"], path);
    }
  }));

test("pods: list by labels, in pages", () =>
  withCluster({}, async (cluster) => {
    for (
      const [name, app, tier] of [["a", "x", "1"], ["b", "x", "2"], [
        "c",
        "y",
        "1",
      ]]
    ) {
      await call(cluster, "POST", PODS, {
        metadata: { name, labels: { app, tier } },
        spec: { containers: [{ name: "main", image: "busybox" }] },
      });
    }
    const names = async (query: string): Promise<string> => {
      const { json } = await call(cluster, "GET", `${PODS}?${query}`);
      return json.items.map((pod: { metadata: { name: string } }) =>
        pod.metadata.name
      ).join("");
    };
    const by = (selector: string) =>
      names(`labelSelector=${encodeURIComponent(selector)}`);
    assertEquals(await names(""), "abc");
    assertEquals(await by("app=x"), "ab");
    assertEquals(await by("app!=x,tier"), "c");
    assertEquals(await by("app in (x, z),tier==2"), "b");
    assertEquals(await by("app notin (x)"), "c");
    assertEquals(await by("!nothing"), "abc");
    assertEquals(await names("fieldSelector=metadata.name%3Dc"), "c");
    const page = await call(cluster, "GET", `${PODS}?limit=2`);
    assertEquals(page.json.items.length, 2);
    const token = page.json.metadata.continue;
    assertEquals(await names(`limit=2&continue=${token}`), "c");
    const bad = await call(cluster, "GET", `${PODS}?labelSelector=a%3Db%3Dc`);
    assertEquals(bad.status, 400);
  }));

test("pods: the phase shows how the main process ended", () =>
  withCluster({}, async (cluster) => {
    for (const [name, script] of [["good", "exit 0"], ["bad", "exit 4"]]) {
      await createPod(cluster, name!, {
        spec: { restartPolicy: "Never" },
        container: { command: ["sh", "-c", script] },
      });
    }
    await untilPhase(cluster, "good", "Succeeded");
    await untilPhase(cluster, "bad", "Failed");
    const { json } = await call(cluster, "GET", `${PODS}/bad`);
    const { exitCode, reason } =
      json.status.containerStatuses[0].state.terminated;
    assertEquals([exitCode, reason], [4, "Error"]);
  }));

test("pods: restartPolicy Always, the default, restarts a container", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      container: { command: ["sh", "-c", "echo started; exit 1"] },
    });
    for (;;) {
      const { json } = await call(cluster, "GET", `${PODS}/web-0`);
      const [{ restartCount, lastState }] = json.status.containerStatuses;
      // As the kubelet counts: the first run has none before it.
      assertEquals(restartCount > 0, lastState.terminated !== undefined);
      if (restartCount > 1) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }));

test("pods: delete ends every process, also one that left its group, then the pod is gone", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const script = "setsid sleep 1000 >/dev/null 2>&1 & trap '' TERM; " +
      "echo $!; while :; do sleep 0.1; done";
    const client = exec(cluster, "web-0", ["sh", "-c", script]);
    await client.until(1, "\n");
    const escaped = Number(client.text(1));
    const { status, json } = await call(cluster, "DELETE", `${PODS}/web-0`);
    assertEquals(status, 200);
    assert(json.metadata.deletionTimestamp !== undefined);
    for (;;) {
      const { status } = await call(cluster, "GET", `${PODS}/web-0`);
      if (status === 404) break;
    }
    assertEquals(await client.ended, 1000);
    assertEquals(isRunning(escaped), false);
    const again = await call(cluster, "DELETE", `${PODS}/web-0`);
    assertEquals(again.status, 404);
  }));

/** Whether a process exists and is no zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

test("pods: a watch reports existing pods and their changes", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const controller = new AbortController();
    const response = await fetch(`${cluster.server}${PODS}?watch=true`, {
      headers: { authorization: `Bearer ${cluster.token}` },
      signal: controller.signal,
    });
    const watched = collectText(response.body!);
    await watched.until("ADDED");
    await createPod(cluster, "web-1");
    await untilPhase(cluster, "web-1", "Running");
    await call(cluster, "DELETE", `${PODS}/web-1`);
    await watched.until("DELETED");
    const seen = watched.text.trim().split("\n").map((line) => {
      const { type, object } = JSON.parse(line);
      return `${type} ${object.metadata.name} ${object.status.phase}`;
    });
    assertEquals(seen, [
      "ADDED web-0 Running",
      "ADDED web-1 Pending",
      "MODIFIED web-1 Pending",
      "MODIFIED web-1 Running",
      "MODIFIED web-1 Running",
      "DELETED web-1 Running",
    ]);
    controller.abort();
    await watched.ended.catch(() => {});
  }));

test("pods: the log is the main process's output; follow continues to its end", () =>
  withTempFolder(async ({ path }) => {
    const go = join(path, "go");
    const script = "echo one; echo two >&2; " +
      `until [ -e ${go} ]; do sleep 0.02; done; echo three`;
    await withCluster({}, async (cluster) => {
      await runPod(cluster, "web-0", {
        spec: { restartPolicy: "Never" },
        container: { command: ["sh", "-c", script] },
      });
      const read = async (query: string): Promise<Response> => {
        const url = `${cluster.server}${PODS}/web-0/log?${query}`;
        const headers = { authorization: `Bearer ${cluster.token}` };
        return await fetch(url, { headers });
      };
      const log = collectText((await read("follow=true")).body!);
      // Two pipes have no order between them.
      await Promise.all([log.until("one\n"), log.until("two\n")]);
      await writeFile(go, "");
      const lines = (await log.ended).split("\n");
      assertEquals([lines.slice(0, 2).sort(), lines.slice(2)], [
        ["one", "two"],
        ["three", ""],
      ]);
      assertEquals(await (await read("tailLines=1")).text(), "three\n");
    });
  }));

test("pods: a path prefix, as behind a proxy", () =>
  withCluster({ pathPrefix: "/clusters/one" }, async (cluster) => {
    assertEquals((await createPod(cluster, "web-0")).status, 201);
    const outside = new URL(PODS, cluster.server);
    const response = await fetch(outside);
    assertEquals(response.status, 404);
    assertEquals(await response.text(), "404 page not found\n");
  }));
