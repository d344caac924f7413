import {
  Api,
  type Client,
  createClient,
  HandshakeError,
  Node,
  Pod,
} from "../../../mod.ts";
import type { ChannelProtocol } from "../../../src/channel/subprotocols.ts";
import type { Backend } from "../backend.ts";

const command = ["true"];

/** What is agreed on where v5 and v4 are offered. */
export async function protocolOf(
  pods: Api<typeof Pod>,
  pod: string,
): Promise<ChannelProtocol> {
  const session = await pods.exec.stream(pod, { command });
  await session.waitForStatus();
  await session.close();
  return session.protocol;
}

/** How the kubelet's refusals arrive; `pod` has a container `ended` that has. */
export async function refusalsOf(
  pods: Api<typeof Pod>,
  pod: string,
): Promise<Backend["refusals"]> {
  try {
    const options = { command, container: "ended" };
    const session = await pods.exec.stream(pod, options);
    await session.waitForStatus();
    await session.close();
    return "in band";
  } catch (error) {
    if (error instanceof HandshakeError) return "plain";
    throw error;
  }
}

/** Whether the upgrade asks for the right to create too, as since 1.35. */
export async function asksForCreate(
  options: Parameters<typeof createClient>[0],
  pod: string,
): Promise<boolean> {
  const client = await createClient(options);
  try {
    await protocolOf(new Api(Pod, { client }), pod);
    return false;
  } catch (error) {
    if (error instanceof HandshakeError && error.httpStatus === 403) {
      return true;
    }
    throw error;
  } finally {
    await client.close();
  }
}

/** Names the versions of the API server, and of the node of a pod. */
export async function versionsOf(
  client: Client,
  { spec }: Pod,
): Promise<string> {
  const { body } = await client.request({ method: "GET", path: "/version" });
  const { gitVersion } = await new Response(body).json();
  const nodes = new Api(Node, { client });
  // A user may run pods, and not see the nodes.
  const node = await nodes.get(spec?.nodeName ?? "").catch(() => null);
  const { kubeletVersion, containerRuntimeVersion } = node?.status?.nodeInfo ??
    {};
  return [
    `Kubernetes ${gitVersion}`,
    ...(node ? [`kubelet ${kubeletVersion}`, containerRuntimeVersion] : []),
  ].join(", ");
}
