// Init containers and sidecars of the embedded cluster.
import { writeFile } from "node:fs/promises";
import { assert, assertEquals } from "@std/assert";
import type { Cluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import {
  attach,
  call,
  createPod,
  exec,
  PODS,
  untilPhase,
  withCluster,
} from "./with_cluster.ts";

const IMAGE = { image: "busybox" };

/** A container that waits until a file exists. */
function untilFile(name: string, file: string, then = "exit 0") {
  const script = `until [ -e ${file} ]; do sleep 0.01; done; ${then}`;
  return { ...IMAGE, name, command: ["sh", "-c", script] };
}

// deno-lint-ignore no-explicit-any
type Pod = any;

/** Waits until the pod fits. */
async function until(
  cluster: Cluster,
  fits: (pod: Pod) => boolean,
): Promise<Pod> {
  for (;;) {
    const { json } = await call(cluster, "GET", `${PODS}/web-0`);
    if (fits(json)) return json;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function log(cluster: Cluster, container: string): Promise<string> {
  return fetch(`${cluster.server}${PODS}/web-0/log?container=${container}`, {
    headers: { authorization: `Bearer ${cluster.token}` },
  }).then((response) => response.text());
}

function condition(pod: Pod, type: string): string {
  return pod.status.conditions.find((it: { type: string }) => it.type === type)
    .status;
}

test("init containers: run in order, one after the other, before the others", () =>
  withTempFolder(async ({ path: folder }) => {
    await withCluster({}, async (cluster) => {
      const second = { ...IMAGE, name: "second", command: ["echo", "two"] };
      await createPod(cluster, "web-0", {
        spec: {
          initContainers: [untilFile("first", `${folder}/go`), second],
        },
      });
      const during = await until(
        cluster,
        ({ status }) => status.initContainerStatuses?.[0].state.running,
      );
      assertEquals(during.status.phase, "Pending");
      assertEquals(condition(during, "Initialized"), "False");
      const waiting = { waiting: { reason: "PodInitializing" } };
      assertEquals(during.status.initContainerStatuses[1].state, waiting);
      assertEquals(during.status.containerStatuses[0].state, waiting);
      assert(
        (await log(cluster, "main")).includes(
          'container \\"main\\" in pod \\"web-0\\" is waiting to start: PodInitializing',
        ),
      );
      const inside = exec(cluster, "web-0", ["true"], "", {
        path: `${PODS}/web-0/exec`,
        query: [["container", "first"], ["command", "true"], [
          "stdout",
          "true",
        ]],
      });
      await inside.ended;
      assert(inside.text(3).includes("Success"), inside.text(3));
      // A command in the container could be killed as the container ends.
      await writeFile(`${folder}/go`, "");
      const { status } = await until(
        cluster,
        ({ status }) => status.phase === "Running",
      );
      for (const { ready, state } of status.initContainerStatuses) {
        assertEquals([ready, state.terminated.exitCode], [true, 0]);
      }
      assertEquals(condition({ status }, "Initialized"), "True");
      assertEquals(await log(cluster, "second"), "two\n");
    });
  }));

test("init containers: one that fails ends a pod that is not restarted", () =>
  withCluster({}, async (cluster) => {
    const init = { ...IMAGE, name: "init", command: ["sh", "-c", "exit 3"] };
    await createPod(cluster, "web-0", {
      spec: { restartPolicy: "Never", initContainers: [init] },
    });
    const { status } = await until(
      cluster,
      ({ status }) => status.phase === "Failed",
    );
    assertEquals(
      status.initContainerStatuses[0].state.terminated.exitCode,
      3,
    );
    assertEquals(status.containerStatuses[0].state.waiting !== undefined, true);
  }));

test("init containers: one that fails is restarted until it succeeds", () =>
  withTempFolder(async ({ path: folder }) => {
    await withCluster({}, async (cluster) => {
      const script =
        `[ -e ${folder}/once ] || { touch ${folder}/once; exit 1; }`;
      const init = { ...IMAGE, name: "init", command: ["sh", "-c", script] };
      await createPod(cluster, "web-0", { spec: { initContainers: [init] } });
      await untilPhase(cluster, "web-0", "Running");
      const { json } = await call(cluster, "GET", `${PODS}/web-0`);
      const [status] = json.status.initContainerStatuses;
      assertEquals(status.restartCount, 1);
      assertEquals(status.lastState.terminated.exitCode, 1);
      assert(status.lastState.terminated.containerID !== status.containerID);
    });
  }));

test("sidecar: runs beside the others, is restarted, and stops after them", () =>
  withTempFolder(async ({ path: folder }) => {
    await withCluster({}, async (cluster) => {
      const sidecar = {
        ...untilFile("sidecar", `${folder}/restart`, `rm ${folder}/restart`),
        restartPolicy: "Always",
      };
      await createPod(cluster, "web-0", {
        container: untilFile("main", `${folder}/end`),
        spec: { restartPolicy: "Never", initContainers: [sidecar] },
      });
      const running = await until(
        cluster,
        ({ status }) => status.phase === "Running",
      );
      const [status] = running.status.initContainerStatuses;
      assertEquals([status.ready, status.started], [true, true]);
      const named = (command: string[]) => ({
        query: [
          ["container", "sidecar"],
          ...command.map((word) => ["command", word]),
          ["stdout", "true"],
        ] as [string, string][],
      });
      const command = ["touch", `${folder}/restart`];
      await exec(cluster, "web-0", command, "", named(command)).ended;
      await until(cluster, ({ status }) => {
        const [{ restartCount, state }] = status.initContainerStatuses;
        return restartCount === 1 && state.running !== undefined;
      });
      const attached = attach(cluster, "web-0", false, false, named([]));
      const end = ["touch", `${folder}/end`];
      await exec(cluster, "web-0", end, "", named(end)).ended;
      await attached.ended;
      const over = await until(
        cluster,
        ({ status }) =>
          status.phase === "Succeeded" &&
          status.initContainerStatuses[0].state.terminated,
      );
      assertEquals(over.status.initContainerStatuses[0].restartCount, 1);
    });
  }));

test("init containers: a request that names none of several lists them too", () =>
  withCluster({}, async (cluster) => {
    const init = { ...IMAGE, name: "init", command: ["true"] };
    await createPod(cluster, "web-0", {
      spec: {
        containers: [{ ...IMAGE, name: "a" }, { ...IMAGE, name: "b" }],
        initContainers: [init],
      },
    });
    await untilPhase(cluster, "web-0", "Running");
    const { json } = await call(cluster, "GET", `${PODS}/web-0/log`);
    assertEquals(
      json.message,
      "a container name must be specified for pod web-0, choose one of: " +
        "[a b] or one of the init containers: [init]",
    );
    const invalid = await call(cluster, "POST", PODS, {
      metadata: { name: "web-1" },
      spec: {
        containers: [{ ...IMAGE, name: "a" }],
        initContainers: [{ ...IMAGE, name: "a" }],
      },
    });
    assertEquals(
      invalid.json.message,
      'Pod "web-1" is invalid: spec.initContainers[0].name: ' +
        'Duplicate value: "a"',
    );
  }));
