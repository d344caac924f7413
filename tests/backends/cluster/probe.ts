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

/** The protocol that the server chooses when offered v5 and v4. */
export async function protocolOf(
  pods: Api<typeof Pod>,
  pod: string,
): Promise<ChannelProtocol> {
  // Without stdin a session takes v4 wherever it can.
  const session = await pods.exec.stream(pod, { command, stdin: true });
  await session.waitForStatus();
  await session.close();
  return session.protocol;
}

/** How errors of the kubelet arrive; `pod` has a container `ended` that has ended. */
export async function refusalsOf(
  pods: Api<typeof Pod>,
  pod: string,
): Promise<Backend["refusals"]> {
  try {
    const options = { command, container: "ended", stdin: true };
    const session = await pods.exec.stream(pod, options);
    await session.waitForStatus();
    await session.close();
    return "in band";
  } catch (error) {
    if (error instanceof HandshakeError) return "plain";
    throw error;
  }
}

/** Whether an upgrade also requires the right to create, as since 1.35. */
export async function requiresCreate(
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

/** The versions of the API server and of a pod's node. */
export async function versionsOf(
  client: Client,
  { spec }: Pod,
): Promise<string> {
  const { body } = await client.request({ method: "GET", path: "/version" });
  const { gitVersion } = await new Response(body).json();
  const nodes = new Api(Node, { client });
  // A user may have the right to run pods but not to read nodes.
  const node = await nodes.get(spec?.nodeName ?? "").catch(() => null);
  const { kubeletVersion, containerRuntimeVersion } = node?.status?.nodeInfo ??
    {};
  return [
    `Kubernetes ${gitVersion}`,
    ...(node ? [`kubelet ${kubeletVersion}`, containerRuntimeVersion] : []),
  ].join(", ");
}
