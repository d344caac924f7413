import { assertEquals, assertMatch } from "@std/assert";
import {
  Api,
  createClient,
  type DebugOptions,
  Deployment,
  Pod,
  type RunOnceOptions,
  type StreamOnceOptions,
  SubresourceNotAvailableError,
} from "../../../../mod.ts";
import { debugRequest } from "../../../../src/api/launch/debug_options.ts";
import { runOnceRequest } from "../../../../src/api/launch/one_shot_options.ts";
import { toClusterClient } from "../../../../src/client/cluster_client.ts";
import { memoryTransport } from "../../../../src/testing/mod.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";

async function withPods(
  body: (pods: Api<typeof Pod>, sent: () => number) => Promise<void>,
): Promise<void> {
  let sent = 0;
  const client = await createClient({
    server: "http://localhost",
    namespace: "team",
    transport: memoryTransport({ exec: () => 0 }),
    onEvent: () => sent++,
  });
  try {
    await body(new Api(Pod, { client }), () => sent);
  } finally {
    await client.close();
  }
}

test("wrong options of debug, runOnce and streamOnce: nothing is sent", async () => {
  const image = "busybox";
  const debug: [object | undefined, RegExp][] = [
    [undefined, /image must be a non-empty string/],
    [{ image: "" }, /image must be a non-empty string/],
    [{ image, profil: "x" }, /no option "profil"; did you mean "profile"\?/],
    [
      { image, profile: "root" },
      /no profile "root"; expected one of general/,
    ],
    [{ image, profile: "restrict" }, /did you mean "restricted"\?/],
    [{ image, command: "sh" }, /command must be an array of strings; for a/],
    [{ image, args: [1] }, /args\[0\] is a number/],
    [{ image, env: { A: 1 } }, /env\["A"\] is a number, not a string/],
    [{ image, container: "" }, /container must be a non-empty string/],
    [{ image, spec: { image } }, /spec has image, which is an option/],
    [{ image, size: { width: 1, height: 1 } }, /a size needs a tty/],
    [{ image, reuse: 1 }, /reuse must be true or false, not a number/],
  ];
  const once: [object | undefined, RegExp][] = [
    [undefined, /^Cannot run a pod in namespace "team": image must be/],
    [{ image, tty: true }, /^Cannot run a pod of busybox .*use streamOnce/],
    [{ image, maxBufer: 1 }, /did you mean "maxBuffer"\?/],
    [{ image, maxBuffer: -1 }, /maxBuffer -1 is below 0/],
    [{ image, stdin: 3 }, /stdin must be null, a string, bytes/],
    [{ image, timeout: -1 }, /timeout -1/],
    [{ image, name: "" }, /name must be a non-empty string/],
    [{ image, labels: ["a"] }, /labels must be an object/],
    [{ image, spec: { containers: {} } }, /spec.containers must be an array/],
    [{ image, spec: { priority: 5n } }, /spec cannot be sent as JSON/],
    [
      { image, spec: { containers: [{ name: "main", env: {} }] } },
      /env in spec must be an array/,
    ],
    [
      { image, spec: { restartPolicy: "Always" } },
      /spec.restartPolicy is "Always", but a command runs once/,
    ],
  ];
  const stream: [object, RegExp][] = [
    [{ image, stdin: "text" }, /stdin must be true or false, not a string/],
    [{ image, maxBuffer: 1 }, /there is no option "maxBuffer"/],
    [{ image, tty: true, size: { width: 0, height: 1 } }, /width/],
  ];
  await withPods(async (pods, sent) => {
    const calls = [
      ...debug.map(([options, words]) => ({
        call: () => pods.debug("web-0", options as DebugOptions),
        words,
      })),
      ...once.map(([options, words]) => ({
        call: () => pods.runOnce(options as RunOnceOptions),
        words,
      })),
      ...stream.map(([options, words]) => ({
        call: () => pods.streamOnce(options as unknown as StreamOnceOptions),
        words,
      })),
      { call: () => pods.debug("", { image }), words: /no name is given/ },
    ];
    for (const { call, words } of calls) {
      const error = await rejection<Error>(call());
      assertMatch(error.message, words);
      assertMatch(error.name, /^(TypeError|RangeError)$/);
    }
    assertEquals(sent(), 0);
  });
});

test("only pods can be debugged, or made for one command", async () => {
  const client = await createClient({
    server: "http://localhost",
    transport: memoryTransport({ exec: () => 0 }),
  });
  const deployments = new Api(Deployment, { client });
  for (const name of ["debug", "runOnce", "streamOnce"] as const) {
    let error: unknown;
    try {
      deployments[name];
    } catch (reason) {
      error = reason;
    }
    assertEquals(error instanceof SubresourceNotAvailableError, true);
  }
  await client.close();
});

test("a debug container is kubectl's, with what its profile allows", () => {
  const contextOf = (options: Partial<DebugOptions>) =>
    debugRequest("debug", { image: "busybox", ...options }).container;
  const profiles = {
    general: { capabilities: { add: ["SYS_PTRACE"] } },
    baseline: undefined,
    restricted: {
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      allowPrivilegeEscalation: false,
      seccompProfile: { type: "RuntimeDefault" },
    },
    netadmin: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    sysadmin: { privileged: true },
  } as const;
  for (const [profile, expected] of Object.entries(profiles)) {
    const options = { profile } as DebugOptions;
    assertEquals(contextOf(options).securityContext, expected);
  }
  const container = contextOf({
    name: "mine",
    container: "main",
    env: { A: "1" },
    stdin: true,
    spec: {
      imagePullPolicy: "Always",
      env: [{ name: "B", value: "2" }, { name: "A", value: "not this" }],
    },
  });
  assertEquals(JSON.parse(JSON.stringify(container)), {
    name: "mine",
    image: "busybox",
    env: [{ name: "B", value: "2" }, { name: "A", value: "1" }],
    terminationMessagePolicy: "File",
    stdin: true,
    stdinOnce: true,
    tty: false,
    targetContainerName: "main",
    securityContext: { capabilities: { add: ["SYS_PTRACE"] } },
    imagePullPolicy: "Always",
  });
  assertEquals(contextOf({ stdin: true, reuse: true }).stdinOnce, false);
  // A user of one's own does not drop what the profile forbids.
  const { securityContext } = contextOf({
    profile: "restricted",
    spec: {
      securityContext: { runAsUser: 1000, capabilities: { add: ["A"] } },
    },
  });
  assertEquals(securityContext, {
    ...profiles.restricted,
    runAsUser: 1000,
    capabilities: { drop: ["ALL"], add: ["A"] },
  });
});

test("a pod for one command ends by itself, and has a label", async () => {
  await withPods(async (pods) => {
    const client = toClusterClient(
      await createClient({
        server: "http://localhost",
        transport: memoryTransport({ exec: () => 0 }),
      }),
      "test",
    );
    const context = { client, resource: pods.resource, namespace: "team" };
    const { body, run, name } = runOnceRequest(context, {
      image: "busybox",
      args: ["x"],
      labels: { "app.kubernetes.io/managed-by": "else", app: "a" },
      env: { A: "ours" },
      stdin: "input",
      timeout: 1_500,
      spec: {
        nodeSelector: { disk: "fast" },
        containers: [
          { name: "side", image: "proxy" },
          {
            name: "main",
            image: "not this",
            env: [{ name: "A", value: "theirs" }, { name: "B", value: "2" }],
            workingDir: "/srv",
          },
        ],
      },
    });
    assertMatch(name, /^run-[a-z2-9]{10}$/);
    assertEquals(JSON.parse(JSON.stringify(body)), {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        labels: {
          "app.kubernetes.io/managed-by": "podwire",
          app: "a",
          "podwire.dev/run": run,
        },
      },
      spec: {
        activeDeadlineSeconds: 62,
        nodeSelector: { disk: "fast" },
        restartPolicy: "Never",
        containers: [
          {
            name: "main",
            image: "busybox",
            args: ["x"],
            env: [{ name: "B", value: "2" }, { name: "A", value: "ours" }],
            workingDir: "/srv",
            stdin: true,
            stdinOnce: true,
          },
          { name: "side", image: "proxy" },
        ],
      },
    });
    const forever = runOnceRequest(context, { image: "busybox" });
    assertEquals(forever.body.spec.activeDeadlineSeconds, 86_400);
    await client.close();
  });
});
