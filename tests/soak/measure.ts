import { Api, createClient, Pod } from "../../mod.ts";
import type { Ground, Site } from "../grounds/ground.ts";
import { withoutLeaks } from "../harness/leaks.ts";
import { openFiles } from "../harness/open_files.ts";
import { within } from "../harness/within.ts";
import type { Load } from "./load.ts";
import { settledMemory, watchMemory } from "./memory.ts";
import type { Plan, Report } from "./plan.ts";

/** How long one load may take, in milliseconds. */
const LIMIT = 300_000;

/**
 * Puts a load on a ground, and reports how that went. It fails when anything
 * is left open afterwards.
 *
 * @param atEnd Looks at the ground once all is over.
 */
export async function measure(
  ground: Ground,
  load: Load,
  plan: Plan,
  atEnd: () => Promise<void>,
): Promise<Report> {
  const { resident } = settledMemory();
  const mostMemory = watchMemory();
  const begun = performance.now();
  let figure = "";
  let problem: string | null = null;
  try {
    await withoutLeaks(openFiles, () =>
      within(LIMIT, async () => {
        figure = await put(ground, load, plan);
      }));
    await atEnd();
  } catch (error) {
    problem = `${error}`;
  }
  return {
    ground: ground.name,
    load: load.name,
    seconds: (performance.now() - begun) / 1000,
    figure,
    peak: mostMemory() - resident,
    growth: settledMemory().resident - resident,
    problem,
  };
}

/** Has the runtime open and load what it keeps for good: that is no leak. */
export async function warmUp(ground: Ground, plan: Plan): Promise<void> {
  await put(ground, {
    name: "warm up",
    async run({ pods, pod }) {
      return (await pods.exec.run(pod, { command: ["true"] })).text();
    },
  }, plan);
}

async function put(ground: Ground, load: Load, plan: Plan): Promise<string> {
  const site: Site = await ground.open("socket");
  try {
    const client = await createClient(site.clientOptions());
    try {
      const pods = new Api(Pod, { client, namespace: site.namespace });
      const pod = await site.pod(pods);
      return await load.run({
        client,
        pods,
        pod,
        protocol: ground.protocol,
        serverInside: ground.name.startsWith("embedded"),
        plan,
      });
    } finally {
      await client.close();
    }
  } finally {
    await site.close();
  }
}
