// The pod and the container of a call that names something else than a pod.
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  Api,
  type Client,
  Deployment,
  Service,
  TargetNotFoundError,
} from "../../mod.ts";
import { rejection } from "../support/async.ts";
import { embeddedCase, type Fixture, testCase } from "./fixture.ts";
import { labelled } from "./labelled_pods.ts";

const NAME = { command: ["sh", "-c", 'printf %s "$WHO"'] };
const IDLE = ["sh", "-c", 'echo "$WHO"; exec sleep 1000'];

/** A pod with labels, whose `WHO` is its label `who`. */
async function labelledPod(
  { pod }: Pick<Fixture, "pod">,
  who: string,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const env = [{ name: "WHO", value: who }];
  return await pod({ container: { env, command: IDLE }, labels });
}

/** Waits for the first line of a log: a container may write it late. */
async function lineOf(
  lines: AsyncIterable<string>,
  expected: string,
): Promise<void> {
  for await (const line of lines) return assertEquals(line, expected);
  throw new Error("the log ended without a line");
}

testCase("target: a selector, by exec, attach and logs", async (fixture) => {
  const { pods } = fixture;
  const { labels, target: { labelSelector } } = labelled();
  await labelledPod(fixture, "blue", { ...labels, color: "blue" });
  await labelledPod(fixture, "red", { ...labels, color: "red" });
  for (const color of ["red", "blue"]) {
    const target = { labelSelector: `${labelSelector},color in (${color})` };
    assertEquals((await pods.exec.run(target, NAME)).text(), color);
    const session = await pods.exec.stream(target, NAME);
    assertEquals(await Array.fromAsync(session.lines()), [color]);
    await lineOf(pods.logs.lines(target, { follow: true }), color);
    assertEquals(await pods.logs.text(target), `${color}\n`);
    const lines = await Array.fromAsync(pods.logs.lines(target));
    assertEquals(lines, [color]);
    const attached = await pods.attach.stream(target, { stdin: false });
    await attached.close();
  }
});

testCase("target: nothing fits", async ({ pods }) => {
  const target = { labelSelector: "app=none" };
  const calls: (() => Promise<unknown>)[] = [
    () => pods.exec.run(target, NAME),
    () => pods.exec.stream(target, NAME),
    () => pods.attach.stream(target),
    () => pods.logs.text(target),
    () => pods.logs.stream(target),
    () => pods.logs.lines(target).next(),
    () => pods.logs.lines(target, { follow: true }).next(),
  ];
  for (const call of calls) {
    const error = await rejection(call(), TargetNotFoundError);
    assertEquals(error.target, target);
    assertStringIncludes(error.message, 'pods with "app=none"');
    assertStringIncludes(error.message, "no pod matches");
  }
});

testCase(
  "target: with several containers, the default one",
  async (fixture) => {
    const { pods, pod } = fixture;
    const container = (name: string) => ({
      name,
      env: [{ name: "WHO", value: name }],
      command: IDLE,
    });
    const { labels, target } = labelled();
    const containers = [container("a"), container("b")];
    const name = await pod({ containers, labels });
    const targets = [target];
    const check = async (expected: string) => {
      for (const target of fixture.socket ? [name, ...targets] : targets) {
        assertEquals((await pods.exec.run(target, NAME)).text(), expected);
        const session = await pods.exec.stream(target, NAME);
        assertEquals(await Array.fromAsync(session.lines()), [expected]);
      }
      for (const target of [name, ...targets]) {
        await lineOf(pods.logs.lines(target, { follow: true }), expected);
        assertEquals(await pods.logs.text(target), `${expected}\n`);
      }
    };
    await check("a");
    const key = "kubectl.kubernetes.io/default-container";
    await pods.patch(name, { metadata: { annotations: { [key]: "b" } } });
    await check("b");
    const result = await pods.exec.run(targets[0]!, {
      ...NAME,
      container: "a",
    });
    assertEquals(result.text(), "a");
    await pods.patch(name, { metadata: { annotations: { [key]: "none" } } });
    await check("a");
  },
);

async function create(client: Client, namespace: string) {
  const deployments = new Api(Deployment, { client, namespace });
  const labels = { app: "owned" };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: "main", image: "busybox" }] },
  };
  await deployments.create({
    metadata: { name: "web" },
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  });
  const services = new Api(Service, { client, namespace });
  const ports = [{ port: 80 }];
  await services.create({
    metadata: { name: "web" },
    spec: { selector: labels, ports },
  });
  await services.create({ metadata: { name: "external" }, spec: { ports } });
}

embeddedCase("target: an object that has pods", async (fixture) => {
  const { client, pods, namespace } = fixture;
  await create(client, namespace);
  for (const target of ["deploy/web", "svc/web"]) {
    const error = await rejection(
      pods.exec.run(target, NAME),
      TargetNotFoundError,
    );
    assertEquals(error.target, target);
    assertStringIncludes(error.message, 'no pod has its labels, "app=owned"');
  }
  await labelledPod(fixture, "owned", { app: "owned" });
  await labelledPod(fixture, "other", { app: "other" });
  for (const target of ["deploy/web", "deployments.apps/web", "svc/web"]) {
    assertEquals((await pods.exec.run(target, NAME)).text(), "owned");
    assertEquals(await pods.logs.text(target), "owned\n");
  }
  const missing = await rejection(
    pods.exec.run("deploy/gone", NAME),
    TargetNotFoundError,
  );
  assertStringIncludes(
    missing.message,
    'Cannot exec in deployments "gone": deployments.apps "gone" not found',
  );
  const external = await rejection(
    pods.exec.run("service/external", NAME),
    TargetNotFoundError,
  );
  assertStringIncludes(
    external.message,
    "Service is defined without a selector",
  );
});

embeddedCase("target: the pod is chosen anew at each call", async (fixture) => {
  const { pods } = fixture;
  const target = { labelSelector: "app=anew" };
  const first = await labelledPod(fixture, "first", { app: "anew" });
  assertEquals((await pods.exec.run(target, NAME)).text(), "first");
  await labelledPod(fixture, "second", { app: "anew" });
  await pods.patch(first, { metadata: { labels: { app: "old" } } });
  assertEquals((await pods.exec.run(target, NAME)).text(), "second");
});

embeddedCase("target: no pod of it runs", async (fixture) => {
  const { pods, pod } = fixture;
  const name = await pod({
    container: { command: ["sh", "-c", "echo done"] },
    spec: { restartPolicy: "Never" },
    until: (pod) => pod?.status?.phase === "Succeeded",
  });
  await pods.patch(name, { metadata: { labels: { app: "done" } } });
  const target = { labelSelector: "app=done" };
  const error = await rejection(
    pods.exec.run(target, NAME),
    TargetNotFoundError,
  );
  assertStringIncludes(
    error.message,
    `none of its pods runs; the current phase of "${name}" is Succeeded`,
  );
  assertEquals(await pods.logs.text(target), "done\n");
});
