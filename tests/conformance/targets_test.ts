// The pod and the container of a call that names something else than a pod.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Api, Deployment, Service, TargetNotFoundError } from "../../mod.ts";
import { rejection } from "../support/async.ts";
import { type Fixture, testCase } from "./fixture.ts";
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

/** A Deployment without pods, and two Services, all of these names. */
async function createOwners(
  { client, namespace, podSpec }: Fixture,
  labels: Readonly<Record<string, string>>,
): Promise<{ web: string; external: string; remove: () => Promise<void> }> {
  const id = crypto.randomUUID().slice(0, 8);
  const [web, external] = [`web-${id}`, `external-${id}`];
  const deployments = new Api(Deployment, { client, namespace });
  const template = { metadata: { labels }, spec: podSpec() };
  await deployments.create({
    metadata: { name: web },
    spec: { replicas: 0, selector: { matchLabels: labels }, template },
  });
  const services = new Api(Service, { client, namespace });
  const ports = [{ port: 80 }];
  await services.create({
    metadata: { name: web },
    spec: { selector: labels, ports },
  });
  await services.create({ metadata: { name: external }, spec: { ports } });
  const remove = async () => {
    await deployments.delete(web);
    await services.delete(web);
    await services.delete(external);
  };
  return { web, external, remove };
}

testCase("target: an object that has pods", async (fixture) => {
  const { pods } = fixture;
  const { labels, target: { labelSelector } } = labelled();
  const { web, external, remove } = await createOwners(fixture, labels);
  try {
    for (const target of [`deploy/${web}`, `svc/${web}`]) {
      const error = await rejection(
        pods.exec.run(target, NAME),
        TargetNotFoundError,
      );
      assertEquals(error.target, target);
      const state = `no pod has its labels, "${labelSelector}"`;
      assertStringIncludes(error.message, state);
    }
    await labelledPod(fixture, "owned", labels);
    await labelledPod(fixture, "other", labelled().labels);
    const owners = [`deploy/${web}`, `deployments.apps/${web}`, `svc/${web}`];
    for (const target of owners) {
      assertEquals((await pods.exec.run(target, NAME)).text(), "owned");
      await lineOf(pods.logs.lines(target, { follow: true }), "owned");
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
    const error = await rejection(
      pods.exec.run(`service/${external}`, NAME),
      TargetNotFoundError,
    );
    assertStringIncludes(
      error.message,
      "Service is defined without a selector",
    );
  } finally {
    await remove();
  }
}, { needs: ["controllers"], timeout: 60_000 });

testCase("target: the pod is chosen anew at each call", async (fixture) => {
  const { pods } = fixture;
  const { labels, target } = labelled();
  const first = await labelledPod(fixture, "first", labels);
  assertEquals((await pods.exec.run(target, NAME)).text(), "first");
  await labelledPod(fixture, "second", labels);
  const [key = ""] = Object.keys(labels);
  await pods.patch(first, { metadata: { labels: { [key]: "old" } } });
  assertEquals((await pods.exec.run(target, NAME)).text(), "second");
});

testCase("target: no pod of it runs", async (fixture) => {
  const { pods, pod } = fixture;
  const { labels, target } = labelled();
  const name = await pod({
    container: { command: ["sh", "-c", "echo done; sleep 0.5"] },
    spec: { restartPolicy: "Never" },
    labels,
    until: (pod) => pod?.status?.phase === "Succeeded",
  });
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
