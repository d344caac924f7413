import { Api, createClient, Pod } from "../../../mod.ts";
import type {
  Backend,
  Sandbox,
  TransportKind,
} from "../../backends/backend.ts";
import { withoutLeaks } from "../../harness/leaks.ts";
import { withTimeout } from "../../harness/registration.ts";
import { connections } from "./connections.ts";
import { isInside, type Load } from "./load.ts";
import { settledMemory, watchMemory } from "./memory.ts";
import type { Plan, Report } from "./plan.ts";

/** How long one load may take, in milliseconds. */
const LIMIT = 600_000;
/** How long a server may take to close a thousand sessions, in milliseconds. */
const GRACE = 15_000;

/**
 * Runs a load on a backend, over a transport, and reports the result. Leaks fail it.
 *
 * @param atEnd Checks the backend at the end.
 */
export async function measure(
  load: Load,
  backend: Backend,
  transport: TransportKind,
  plan: Plan,
  atEnd: () => Promise<void>,
): Promise<Report> {
  const { resident } = settledMemory();
  const mostMemory = watchMemory();
  const begun = performance.now();
  let figure = "";
  let problem: string | null = null;
  try {
    await withoutLeaks(connections, () =>
      withTimeout(LIMIT, async () => {
        figure = await runLoad(load, backend, transport, plan);
      }), GRACE);
    await atEnd();
  } catch (error) {
    problem = `${error}`;
  }
  return {
    backend: backend.name,
    transport,
    load: load.name,
    seconds: (performance.now() - begun) / 1000,
    figure,
    peak: mostMemory() - resident,
    growth: settledMemory().resident - resident,
    problem,
  };
}

/** Makes the runtime open what it keeps for ever, so that it is no leak. */
export async function warmUp(
  backend: Backend,
  transport: TransportKind,
  plan: Plan,
): Promise<void> {
  const load: Load = {
    name: "warm up",
    async run({ pods, pod }) {
      return (await pods.exec.run(pod, { command: ["true"] })).text();
    },
  };
  await runLoad(load, backend, transport, plan);
}

async function runLoad(
  load: Load,
  backend: Backend,
  transport: TransportKind,
  plan: Plan,
): Promise<string> {
  const sandbox: Sandbox = await backend.open(transport);
  try {
    const client = await createClient(sandbox.clientOptions());
    try {
      const { namespace } = sandbox;
      const pods = new Api(Pod, { client, namespace });
      const pod = await sandbox.pod(pods);
      return await load.run({
        client,
        options: () => sandbox.clientOptions(),
        pods,
        pod,
        makePod: (options) => sandbox.pod(pods, options),
        namespace,
        backend,
        transport,
        serverInside: isInside(backend),
        plan,
      });
    } finally {
      await client.close();
    }
  } finally {
    await sandbox.close();
  }
}
