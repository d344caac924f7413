// kubectl on the workloads of the embedded cluster, beside the predicates.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  Api,
  type Client,
  createClient,
  Deployment,
  hasCondition,
  isComplete,
  isReady,
  isRolledOut,
  Job,
  Pod,
  WaitFailedError,
} from "../../../../mod.ts";
import { test } from "../../../harness.ts";
import { crossCheckOnce, type Kubectl, withKubectl } from "../with_kubectl.ts";

const crossCheck = { ...crossCheckOnce, timeout: 60_000 };

const LIMIT = { timeout: 20_000 };

interface Both {
  readonly client: Client;
  readonly kubectl: Kubectl;
  /** Runs kubectl, which must succeed; its stdout. */
  say(words: string, input?: object): Promise<string>;
}

/** Runs `body` with a client and a kubectl of one cluster. */
function withBoth(body: (both: Both) => Promise<void>): Promise<void> {
  return withKubectl(async (kubectl, _env, cluster) => {
    const client = await createClient(cluster.clientOptions());
    const say = async (words: string, input?: object) => {
      const stdin = input && JSON.stringify(input);
      const { code, stdout, stderr } = await kubectl(words.split(" "), stdin);
      assertEquals([code, stderr], [0, ""], words);
      return stdout.toString().trim();
    };
    try {
      await body({ client, kubectl, say });
    } finally {
      await client.close();
    }
  });
}

const CREATE = "create --validate=false -f -";
const ROLLED_OUT = /successfully rolled out$/;

test(
  "kubectl: a deployment is created, scaled, changed, restarted, undone and deleted",
  () =>
    withBoth(async ({ client, say }) => {
      const deployments = new Api(Deployment, { client });
      await say("create deployment web --image=busybox --replicas=2");
      for (
        const step of [
          "get deployment web",
          "scale deployment web --replicas=3",
          "set image deployment/web busybox=two",
          "rollout restart deployment/web",
          "rollout undo deployment/web",
        ]
      ) {
        await say(step);
        const [status, ours] = await Promise.all([
          say("rollout status deployment/web --timeout=20s"),
          deployments.waitFor("web", isRolledOut, LIMIT),
        ]);
        assertMatch(status, ROLLED_OUT, step);
        assertEquals(ours.status.observedGeneration, ours.metadata.generation);
      }
      assertEquals((await deployments.get("web")).status?.availableReplicas, 3);
      // Undoing has made revision 2 the latest, instead of a copy of it.
      assertEquals(
        (await say("rollout history deployment/web")).match(/^\d+/gm),
        ["1", "3", "4"],
      );
      assertMatch(await say("delete deployment web"), /"web" deleted/);
      await deployments.waitForDeletion("web", LIMIT);
      const pods = new Api(Pod, { client });
      for (const { metadata } of (await pods.list()).items) {
        await pods.waitForDeletion(metadata.name, LIMIT);
      }
    }),
  crossCheck,
);

test(
  "kubectl: rollout status of a statefulset, a partition and a daemonset",
  () =>
    withBoth(async ({ say }) => {
      const template = (image: string) => ({
        metadata: { labels: { app: "db" } },
        spec: { containers: [{ name: "main", image }] },
      });
      const common = { selector: { matchLabels: { app: "db" } } };
      for (const kind of ["StatefulSet", "DaemonSet"]) {
        const replicas = kind === "StatefulSet" ? { replicas: 2 } : {};
        await say(CREATE, {
          apiVersion: "apps/v1",
          kind,
          metadata: { name: "db" },
          spec: { ...common, ...replicas, template: template("one") },
        });
        const status = `rollout status ${kind}/db --timeout=20s`;
        assertMatch(await say(status), /complete|successfully rolled out$/);
        await say(`set image ${kind}/db main=two`);
        assertMatch(await say(status), /complete|successfully rolled out$/);
        const history = async () =>
          (await say(`rollout history ${kind}/db`)).match(/^\d+/gm);
        assertEquals(await history(), ["1", "2"]);
        await say(`rollout undo ${kind}/db`);
        assertMatch(await say(status), /complete|successfully rolled out$/);
        const images = "{.spec.template.spec.containers[*].image}";
        assertEquals(await say(`get ${kind} db -o jsonpath=${images}`), "one");
        assertEquals(await history(), ["2", "3"]);
      }
    }),
  crossCheck,
);

test(
  "kubectl: an exceeded progress deadline fails both",
  () =>
    withBoth(async ({ client, kubectl, say }) => {
      await say("create deployment web --image=registry.invalid/web:1");
      const patch = '{"spec":{"progressDeadlineSeconds":1}}';
      await say(`patch deployment web -p ${patch}`);
      const status = "rollout status deployment/web --timeout=20s";
      const [theirs, ours] = await Promise.all([
        kubectl(status.split(" ")),
        assertRejects(
          () =>
            new Api(Deployment, { client }).waitFor("web", isRolledOut, LIMIT),
          WaitFailedError,
        ),
      ]);
      assertEquals(theirs.code, 1);
      assertMatch(theirs.stderr, /exceeded its progress deadline/);
      assertEquals(ours.reason, "ProgressDeadlineExceeded");
    }),
  crossCheck,
);

test(
  "kubectl: wait for a condition of a pod, a deployment and a job",
  () =>
    withBoth(async ({ client, say }) => {
      await say("create deployment web --image=busybox");
      await say("run web-0 --image=busybox");
      await say("create job sum --image=busybox -- true");
      const wait = "wait --timeout=20s --for=condition";
      const [pods, deployments, jobs] = [
        new Api(Pod, { client }),
        new Api(Deployment, { client }),
        new Api(Job, { client }),
      ];
      const [theirs] = await Promise.all([
        Promise.all([
          say(`${wait}=ready pod/web-0`),
          say(`${wait}=available deployment/web`),
          say(`${wait}=complete job/sum`),
        ]),
        pods.waitFor("web-0", isReady, LIMIT),
        deployments.waitFor("web", hasCondition("available"), LIMIT),
        jobs.waitFor("sum", isComplete, LIMIT),
      ]);
      for (const answer of theirs) assertMatch(answer, /condition met$/);
      await Promise.all([
        say("delete pod web-0"),
        say("wait --for=delete pod/web-0 --timeout=20s"),
        pods.waitForDeletion("web-0", LIMIT),
      ]);
      const left = (await pods.list()).items.map(({ metadata }) =>
        metadata.name
      );
      assert(!left.includes("web-0"));
    }),
  crossCheck,
);
