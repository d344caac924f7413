import {
  Api,
  type Client,
  createClient,
  Pod,
  type StreamSession,
} from "../../../mod.ts";
import type { Contender } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";

const POD = "bench";

/** Podwire on the transport that it chooses by itself. */
export async function podwire(plan: BenchPlan): Promise<Contender> {
  const { client, pods } = await openPods(plan);
  const held: StreamSession[] = [];
  return {
    async download(command, take) {
      const session = await pods.exec.stream(POD, { command, stderr: false });
      for await (const chunk of session.stdout) {
        const taken = take(chunk);
        if (taken) await taken;
      }
      await succeeded(session);
    },
    async upload(command, next) {
      const session = await pods.exec.stream(POD, { command, stdin: true });
      const writer = session.stdin.getWriter();
      for (let chunk = next(); chunk !== null; chunk = next()) {
        writer.write(chunk).catch(() => {});
        await writer.ready;
      }
      await succeeded(session);
    },
    async run(command) {
      (await pods.exec.run(POD, { command })).throwIfFailed();
    },
    async collect(command) {
      const result = await pods.exec.run(POD, { command, maxBuffer: null });
      return result.throwIfFailed().stdout.byteLength;
    },
    get: (namespace, name) => pods.get(name, { namespace }),
    list: async (namespace) => (await pods.list({ namespace })).items,
    async hold() {
      held.push(await pods.attach.stream(POD, { stdin: true }));
    },
    async close() {
      await client.close();
    },
  };
}

/** A client of the server, and its pods. */
export async function openPods(
  plan: BenchPlan,
): Promise<{ client: Client; pods: Api<typeof Pod> }> {
  const client = await createClient({
    server: plan.server,
    token: plan.token,
    certificateAuthority: plan.authority,
  });
  return { client, pods: new Api(Pod, { client, namespace: "default" }) };
}

/** @throws {Error} The session did not end with success. */
export async function succeeded(session: StreamSession): Promise<void> {
  const status = await session.waitForStatus();
  if (status?.status !== "Success") {
    throw new Error(`The session ended with ${JSON.stringify(status)}`);
  }
}
