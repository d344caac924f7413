// Ephemeral containers of the test kit.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  Api,
  ApiError,
  createClient,
  isRunning,
  Pod,
  type Stored,
} from "../../../mod.ts";
import { type Cluster, startCluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { crossCheckOnce, withKubectl } from "./with_kubectl.ts";

type Pods = Api<typeof Pod>;

const options = {
  type: "strategic",
  subresource: "ephemeralcontainers",
} as const;

async function withPod(
  body: (pods: Pods, cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({ tls: false, startupDelay: 10 });
  const client = await createClient(cluster.clientOptions());
  try {
    const pods = new Api(Pod, { client });
    await pods.create({
      metadata: { name: "web" },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    await pods.waitFor("web", isRunning);
    await body(pods, cluster);
  } finally {
    await client.close();
    await cluster.close();
  }
}

function add(pods: Pods, name: string, fields: object = {}) {
  const container = { name, image: "busybox", ...fields };
  const spec = { ephemeralContainers: [container] };
  return pods.patch("web", { spec }, options);
}

function stateOf(pod: Stored<Pod> | undefined, name: string) {
  return pod?.status?.ephemeralContainerStatuses
    ?.find((it) => it.name === name)?.state;
}

test("ephemeral containers: one is added to a running pod, runs and ends", () =>
  withPod(async (pods) => {
    const command = ["sh", "-c", "echo up; read line; echo $line; exit 3"];
    await add(pods, "debug", { command, stdin: true });
    const running = await pods.waitFor(
      "web",
      (pod) => stateOf(pod, "debug")?.running !== undefined,
    );
    assertEquals(running?.status?.phase, "Running");
    assertEquals(isRunning(running), true);
    const inside = { command: ["echo", "in"], container: "debug" };
    assertEquals((await pods.exec.run("web", inside)).text(), "in\n");
    const container = "debug";
    const session = await pods.attach.stream("web", { container, stdin: true });
    // The process may end before the write has resolved.
    await Promise.allSettled([session.write("hello\n")]);
    await pods.waitFor(
      "web",
      (pod) => stateOf(pod, "debug")?.terminated?.exitCode === 3,
    );
    await session.close();
    assertEquals(await pods.logs.text("web", { container }), "up\nhello\n");
    // It is neither restarted nor of any weight.
    const pod = await pods.get("web", { subresource: "ephemeralcontainers" });
    assertEquals([pod.status?.phase, isRunning(pod)], ["Running", true]);
  }));

test("ephemeral containers: they can be neither changed nor removed", () =>
  withPod(async (pods) => {
    await add(pods, "one");
    for (
      const [call, code, problem] of [
        [() => add(pods, "one", { image: "other" }), 422, "may not be changed"],
        [() => add(pods, "main"), 422, 'Duplicate value: "main"'],
        [() => add(pods, "two", { image: "" }), 422, "image: Required value"],
        [
          () => add(pods, "two", { targetContainerName: "none" }),
          422,
          'targetContainerName: Not found: "none"',
        ],
        [
          () =>
            pods.patch("web", { spec: { ephemeralContainers: [] } }, {
              subresource: "ephemeralcontainers",
            }),
          422,
          "may not be removed",
        ],
        [
          () => pods.patch("web", { spec: { ephemeralContainers: [] } }),
          422,
          "pod updates may not change fields",
        ],
        [
          () =>
            pods.create({
              metadata: { name: "new" },
              spec: {
                containers: [{ name: "main", image: "a" }],
                ephemeralContainers: [{ name: "x", image: "a" }],
              },
            }),
          422,
          "Forbidden: cannot be set on create",
        ],
      ] as const
    ) {
      const error = await rejection(call(), ApiError);
      assertEquals(error.httpStatus, code);
      assertStringIncludes(error.message, problem);
    }
    await add(pods, "two", { targetContainerName: "main" });
    const { spec } = await pods.get("web");
    assertEquals(spec.ephemeralContainers?.map(({ name }) => name), [
      "one",
      "two",
    ]);
    // Nothing but them is written.
    const labels = { changed: "yes" };
    const { metadata } = await pods.patch(
      "web",
      { metadata: { labels } },
      options,
    );
    assertEquals(metadata.labels, undefined);
  }));

test("ephemeral containers: an image that cannot be pulled says so", () =>
  withPod(async (pods) => {
    await add(pods, "debug", { image: "registry.invalid/none:1" });
    const pod = await pods.waitFor(
      "web",
      (pod) => stateOf(pod, "debug")?.waiting?.reason === "ImagePullBackOff",
    );
    assertMatch(stateOf(pod, "debug")?.waiting?.message ?? "", /Back-off/);
    await pods.delete("web", { gracePeriodSeconds: 0 });
    await pods.waitForDeletion("web");
  }));

test(
  "kubectl: debug adds an ephemeral container, and attaches to it",
  () =>
    withKubectl(async (kubectl) => {
      await kubectl(["run", "web", "--image=busybox"]);
      await kubectl(["wait", "--for=condition=Ready", "pod/web"]);
      const script = "read line; echo got $line";
      const { code, stderr } = await kubectl([
        "debug",
        "web",
        "-i",
        "--image=busybox",
        "--target=web",
        "--profile=general",
        "-c",
        "look",
        "--",
        "sh",
        "-c",
        script,
      ], "it\n");
      assertEquals(code, 0, stderr);
      // The end of stdin may detach kubectl before the answer.
      const log = await kubectl(["logs", "-f", "web", "-c", "look"]);
      assertEquals(log.stdout.toString(), "got it\n", log.stderr);
    }),
  { ...crossCheckOnce, timeout: 60_000 },
);
