import type {
  Pod,
  Service,
  ServicePort,
} from "../../client/kubernetes/core_v1.ts";
import type { KubeObject } from "../../client/kube_object.ts";
import { PortForwardError } from "../../errors.ts";
import { resolveAll, resolveOne, type TargetCall } from "../targets/resolve.ts";

/** A pod, and the port of it that a connection goes to. */
export interface PodPort {
  readonly pod: string;
  readonly port: number;
  /** The number of the port of the target itself: that of a Service differs. */
  readonly ownPort: number;
}

/** The names of ports: labels of the DNS that are not a number. */
const PORT_NAME = /^(?=.*[a-z])[a-z\d]([-a-z\d]{0,61}[a-z\d])?$/;

/** Whether a port may have that name. */
export function isPortName(text: string): boolean {
  return PORT_NAME.test(text);
}

/**
 * @param action For messages, for example `forward a port of pods "web-0"`.
 * @throws {TypeError} It is neither a port's number nor a port's name.
 */
export function checkPort(port: unknown, action: string): void {
  if (typeof port === "string" && isPortName(port)) return;
  const isNumber = typeof port === "number" && Number.isInteger(port) &&
    port >= 1 && port <= 65535;
  if (isNumber) return;
  const given = typeof port === "string" ? JSON.stringify(port) : String(port);
  const hint = typeof port === "string" && /^\d+$/.test(port)
    ? "; give a number, not text"
    : "";
  throw new TypeError(
    `Cannot ${action}: the port ${given} is neither a number from 1 to 65535 ` +
      `nor the name of a port${hint}`,
  );
}

/**
 * Chooses the pod of a target, and the number of its port. A pod's name and a
 * number need no request.
 *
 * @throws {TargetNotFoundError} If no pod fits the target.
 * @throws {PortForwardError} If there is no such port.
 */
export async function choosePort(
  call: TargetCall & { readonly port: number | string },
): Promise<PodPort> {
  const { target, port } = call;
  if (target.kind === "pod") {
    const { name } = target;
    if (typeof port === "number") return { pod: name, ...samePort(port) };
    const [pod] = await resolveAll(call);
    return { pod: name, ...samePort(portOfPod(call, pod!, port)) };
  }
  let owner: KubeObject | null = null;
  const onOwner = (object: KubeObject) => owner = object;
  const { pod } = await resolveOne({ ...call, onOwner }, "session");
  const isService = target.kind === "owner" &&
    target.resource.kind === "Service";
  return {
    pod: pod.metadata.name,
    ...isService
      ? portOfService(call, owner as unknown as Service, pod)
      : samePort(portOfPod(call, pod, port)),
  };
}

type Ports = Pick<PodPort, "port" | "ownPort">;

function samePort(port: number): Ports {
  return { port, ownPort: port };
}

type PortCall = Pick<TargetCall, "action"> & { readonly port: number | string };

/** The number of a port that a container of the pod names. */
function portOfPod(
  call: PortCall,
  { metadata, spec }: Pod,
  port: number | string,
): number {
  if (typeof port === "number") return port;
  const { containers = [], initContainers = [] } = spec ?? {};
  // An init container that goes on beside the others may have ports, too.
  const ports = [...containers, ...initContainers]
    .flatMap(({ ports = [] }) => ports).filter(isTcp);
  const found = ports.find(({ name }) => name === port);
  if (found !== undefined) return found.containerPort;
  const names = ports.flatMap(({ name }) => name ?? []);
  throw noSuchPort(
    call,
    `no container of pods "${metadata?.name}" has a TCP port "${port}"`,
    names,
  );
}

/** A port of the Service, and the pod's that it leads to. */
function portOfService(call: PortCall, service: Service, pod: Pod): Ports {
  const { ports = [], clusterIP } = service.spec ?? {};
  const found = ports.filter(isTcp).find(({ name, port }) =>
    call.port === port || call.port === name
  );
  if (found === undefined) {
    const given = typeof call.port === "string" ? `"${call.port}"` : call.port;
    throw noSuchPort(
      call,
      `the Service has no TCP port ${given}`,
      ports.filter(isTcp).map(labelOf),
    );
  }
  const { port, targetPort = port } = found;
  // A headless Service leads to the pods themselves: its own ports count.
  if (clusterIP === "None") return samePort(port);
  const asked = targetPort === 0 ? port : targetPort;
  return { port: portOfPod(call, pod, asked), ownPort: port };
}

/** UDP cannot be forwarded. */
function isTcp({ protocol }: { readonly protocol?: string }): boolean {
  return protocol === undefined || protocol === "TCP";
}

function labelOf({ name, port }: ServicePort): string {
  return name === undefined ? `${port}` : `${port} (${name})`;
}

function noSuchPort(
  { action, port }: PortCall,
  state: string,
  others: readonly string[],
): PortForwardError {
  const hint = others.length === 0 ? "" : `; it has ${others.join(", ")}`;
  return new PortForwardError(`Cannot ${action}: ${state}${hint}`, {
    port,
    reason: "NoSuchPort",
  });
}
