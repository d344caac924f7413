// Any changes in any order end in the state that the latest spec asks for.
import { assert, assertEquals } from "@std/assert";
import {
  Api,
  type Client,
  Deployment,
  Pod,
  ReplicaSet,
} from "../../../../mod.ts";
import { test } from "../../../harness.ts";
import { delay } from "../../../support/async.ts";
import { SeededRandom } from "../../../support/seeded_random.ts";
import { withMemory } from "../with_memory.ts";
import {
  isReady,
  isSettled,
  podsOf,
  template,
  untilPods,
  workload,
} from "./workloads.ts";

const LIMIT = { timeout: 20_000 };
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const CHANGES = 12;

/** Changes the Deployment or its pods, and waits a little or not. */
async function change(seeded: SeededRandom, client: Client): Promise<void> {
  const deployments = new Api(Deployment, { client });
  const kind = seeded.below(5);
  if (kind === 0) {
    await deployments.patch("web", { spec: { replicas: seeded.below(6) } });
  } else if (kind === 1) {
    const image = seeded.pick(["one", "two", "registry.invalid/three"]);
    await deployments.patch("web", {
      spec: { template: template("web", { image }) },
    });
  } else if (kind === 2) {
    await deployments.patch("web", {
      spec: {
        strategy: {
          type: "RollingUpdate",
          rollingUpdate: {
            maxSurge: seeded.pick([0, 1, "50%"]),
            maxUnavailable: seeded.pick([1, 2, "50%"]),
          },
        },
      },
    });
  } else {
    const pods = await podsOf(client, "web");
    if (pods.length === 0) return;
    const { name } = seeded.pick(pods).metadata;
    await new Api(Pod, { client }).delete(name).catch(() => {});
  }
  if (seeded.below(2) === 0) await delay(seeded.below(30));
}

for (const seed of SEEDS) {
  test(`Deployment: seed ${seed}: after any changes it settles, and nothing is left over`, () =>
    withMemory(async (client) => {
      const seeded = new SeededRandom(seed);
      const deployments = new Api(Deployment, { client });
      await deployments.create({
        metadata: { name: "web" },
        spec: { replicas: 3, ...workload("web") },
      });
      for (let count = 0; count < CHANGES; count++) {
        await change(seeded, client);
      }
      const { metadata, spec } = await deployments.patch("web", {
        spec: { replicas: 4, template: template("web", { image: "last" }) },
      });
      await deployments.waitFor(
        "web",
        (it) =>
          it?.metadata.generation === metadata.generation && isSettled(it),
        LIMIT,
      );
      const pods = await untilPods(
        client,
        "web",
        (pods) => pods.length === 4 && pods.every(isReady),
      );
      for (const pod of pods) {
        assertEquals(pod.spec?.containers[0]?.image, "last");
      }
      const { items } = await new Api(ReplicaSet, { client }).list();
      const replicas = items.map((it) => it.spec?.replicas ?? 0);
      assertEquals(replicas.reduce((sum, it) => sum + it), spec.replicas);
      assert(items.every((it) => it.status?.replicas === it.spec?.replicas));
    }, { startupDelay: 3 }));
}

for (const seed of SEEDS) {
  test(`Deployment: seed ${seed}: a rollout keeps to maxSurge and maxUnavailable`, () =>
    withMemory(async (client) => {
      const seeded = new SeededRandom(seed);
      const [replicas, maxSurge] = [1 + seeded.below(8), seeded.below(3)];
      const maxUnavailable = maxSurge === 0 ? 1 : seeded.below(3);
      const deployments = new Api(Deployment, { client });
      const rollingUpdate = { maxSurge, maxUnavailable };
      await deployments.create({
        metadata: { name: "web" },
        spec: {
          replicas,
          strategy: { type: "RollingUpdate", rollingUpdate },
          ...workload("web"),
        },
      });
      await deployments.waitFor("web", isSettled, LIMIT);
      await deployments.patch("web", {
        spec: { template: template("web", { image: "two" }) },
      });
      await deployments.waitFor("web", (it) => {
        const { replicas: all = 0, availableReplicas = 0 } = it?.status ?? {};
        assert(all <= replicas + maxSurge, `${all} pods`);
        const least = replicas - maxUnavailable;
        assert(availableReplicas >= least, `${availableReplicas} available`);
        return it?.metadata.generation === 2 && isSettled(it);
      }, LIMIT);
    }, { startupDelay: 3 }));
}
