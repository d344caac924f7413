// Waiting for objects, with the controllers of the embedded cluster and of real
// ones: what is reached, and what can never be.
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  Api,
  CallTimeoutError,
  DaemonSet,
  Deployment,
  hasCondition,
  isComplete,
  isReady,
  isRolledOut,
  isRunning,
  Job,
  type Pod,
  StatefulSet,
  WaitFailedError,
} from "../../mod.ts";
import { rejection } from "../support/async.ts";
import { type Fixture, testCase } from "./fixture.ts";

const NEEDS = { needs: ["controllers"], timeout: 60_000 } as const;
const LIMIT = { timeout: 50_000 };
const WRONG_IMAGE = "registry.invalid/podwire/none:1";

const uniqueName = (prefix: string) =>
  `${prefix}-${crypto.randomUUID().slice(0, 8)}`;

/** The metadata and the spec of a workload with test pods. */
function workload(
  { podSpec }: Fixture,
  prefix: string,
  options?: Parameters<Fixture["podSpec"]>[0],
) {
  const name = uniqueName(prefix);
  const labels = { app: name };
  return {
    name,
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(options) },
    },
  };
}

testCase(
  "waiting: a Deployment is rolled out, changed, scaled and deleted",
  async (fixture) => {
    const { client, namespace } = fixture;
    const deployments = new Api(Deployment, { client, namespace });
    const { name, metadata, spec } = workload(fixture, "web");
    // It does not exist yet.
    const early = deployments.waitFor(name, isRolledOut, LIMIT);
    await deployments.create({ metadata, spec: { ...spec, replicas: 2 } });
    try {
      const { status } = await early;
      assertEquals([status.updatedReplicas, status.availableReplicas], [2, 2]);
      assertEquals(
        (await deployments.waitFor(name, hasCondition("available"), LIMIT))
          .metadata.name,
        name,
      );
      const annotations = { "podwire.dev/restarted": "yes" };
      const changes = [
        { template: { metadata: { annotations } } },
        { replicas: 1 },
      ];
      for (const change of changes) {
        const { metadata } = await deployments.patch(name, { spec: change });
        const after = await deployments.waitFor(name, isRolledOut, LIMIT);
        assert(after.status.observedGeneration! >= metadata.generation!);
      }
    } finally {
      const { metadata: { uid } } = await deployments.get(name);
      await deployments.delete(name, { propagationPolicy: "Foreground" });
      await deployments.waitForDeletion(name, { ...LIMIT, uid });
    }
    const { pods } = fixture;
    const left = await pods.list({ labelSelector: `app=${name}` });
    assertEquals(left.items, []);
  },
  NEEDS,
);

testCase(
  "waiting: a Deployment exceeds its progress deadline; its pods say why",
  async (fixture) => {
    const { client, namespace, pods } = fixture;
    const deployments = new Api(Deployment, { client, namespace });
    const container = { image: WRONG_IMAGE };
    const { name, metadata, spec } = workload(fixture, "web", { container });
    await deployments.create({
      metadata,
      spec: { ...spec, progressDeadlineSeconds: 3 },
    });
    try {
      const late = await rejection<WaitFailedError>(
        deployments.waitFor(name, isRolledOut, LIMIT),
        WaitFailedError,
      );
      assertEquals(late.reason, "ProgressDeadlineExceeded");
      assertMatch(
        late.message,
        /^Cannot wait for deployments "web-.* timed out/,
      );
      const [pod] = (await pods.list({ labelSelector: `app=${name}` })).items;
      for (const predicate of [isRunning, isReady]) {
        const failed = await rejection<WaitFailedError>(
          pods.waitFor(pod!.metadata.name, predicate, LIMIT),
          WaitFailedError,
        );
        assertMatch(failed.reason, /^(ErrImage(Never)?Pull|ImagePullBackOff)$/);
        assertMatch(failed.message, /registry\.invalid/);
      }
    } finally {
      await deployments.delete(name);
    }
  },
  NEEDS,
);

testCase(
  "waiting: a Job completes, fails, or is not done in time",
  async (fixture) => {
    const { client, namespace } = fixture;
    const jobs = new Api(Job, { client, namespace });
    const made: string[] = [];
    const run = async (script: string, more: object = {}) => {
      const container = { command: ["sh", "-c", script] };
      const options = { container, spec: { restartPolicy: "Never" } };
      const { name, metadata, spec: { template } } = workload(
        fixture,
        "job",
        options,
      );
      await jobs.create({ metadata, spec: { template, ...more } });
      made.push(name);
      return name;
    };
    try {
      const sum = await jobs.waitFor(await run("exit 0"), isComplete, LIMIT);
      assertEquals(sum.status.succeeded, 1);
      const bad = await rejection<WaitFailedError>(
        jobs.waitFor(
          await run("exit 3", { backoffLimit: 0 }),
          isComplete,
          LIMIT,
        ),
        WaitFailedError,
      );
      assertEquals(bad.reason, "BackoffLimitExceeded");
      assertMatch(bad.message, /Job has reached the specified backoff limit/);
      const sleeping = await run("sleep 60");
      let slow: CallTimeoutError;
      let timeout = 250;
      // Until the first state has come in time.
      do {
        timeout *= 2;
        slow = await rejection<CallTimeoutError>(
          jobs.waitFor(sleeping, isComplete, { timeout }),
          CallTimeoutError,
        );
      } while (timeout < 5_000 && !slow.message.includes(";"));
      assertMatch(
        slow.message,
        /; 0 of 1 pods have succeeded, [01] active, 0 f/,
      );
    } finally {
      for (const name of made) {
        await jobs.delete(name, { propagationPolicy: "Background" });
      }
    }
  },
  NEEDS,
);

testCase(
  "waiting: a StatefulSet and a DaemonSet are rolled out",
  async (fixture) => {
    const { client, namespace } = fixture;
    const options = { client, namespace };
    const annotations = { "podwire.dev/restarted": "yes" };
    const change = { spec: { template: { metadata: { annotations } } } };
    const sets = new Api(StatefulSet, options);
    const db = workload(fixture, "db");
    await sets.create({
      ...db,
      spec: { ...db.spec, serviceName: "", replicas: 2 },
    });
    const daemons = new Api(DaemonSet, options);
    const agent = workload(fixture, "agent");
    await daemons.create(agent);
    try {
      await sets.waitFor(db.name, isRolledOut, LIMIT);
      await daemons.waitFor(agent.name, isRolledOut, LIMIT);
      await sets.patch(db.name, change);
      await daemons.patch(agent.name, change);
      const { status } = await sets.waitFor(db.name, isRolledOut, LIMIT);
      assertEquals(status.updatedReplicas, 2);
      await daemons.waitFor(agent.name, isRolledOut, LIMIT);
    } finally {
      await sets.delete(db.name);
      await daemons.delete(agent.name);
    }
  },
  NEEDS,
);

testCase(
  "waiting: a pod that is deleted, or has ended, is never ready",
  async ({ pods, pod }) => {
    const container = { command: ["sh", "-c", "exit 3"] };
    const spec = { restartPolicy: "Never" };
    const ended = await pod({
      container,
      spec,
      until: (it) => it?.status?.phase === "Failed",
    });
    const failed = await rejection<WaitFailedError>(
      pods.waitFor(ended, isReady, LIMIT),
      WaitFailedError,
    );
    assertMatch(failed.message, /the pod has failed.*exit code 3/);
    const name = await pod({ unschedulable: true });
    const seen = Promise.withResolvers<void>();
    const stateOf = (object: Pod | undefined) => {
      if (object !== undefined) seen.resolve();
      return isReady.stateOf(object);
    };
    const predicate = Object.assign(() => false, { stateOf });
    const outcome = rejection<WaitFailedError>(
      pods.waitFor(name, predicate, LIMIT),
      WaitFailedError,
    );
    await seen.promise;
    await pods.delete(name, { gracePeriodSeconds: 0 });
    await pods.waitForDeletion(name, LIMIT);
    assertEquals((await outcome).reason, "Deleted");
  },
  { timeout: 60_000 },
);
