import { HandledPort } from "./handled_port.ts";
import type { PodPorts, PortHandler } from "./pod_connection.ts";
import { type PortDialer, refusedPort } from "./port_connection.ts";

/** Connects to a port of this machine. */
export type LocalDialer = (
  port: number,
  gone: AbortSignal,
) => ReturnType<PortDialer>;

/**
 * Connects to what serves a port of a pod.
 *
 * @param connectLocal Null where there are no sockets: a port without a handler
 * is refused.
 */
export function portDialer(
  ports: PodPorts,
  connectLocal: LocalDialer | null,
): PortDialer {
  return async (port, target) => {
    const serving = servingOf(ports, port);
    if (typeof serving === "function") {
      return new HandledPort(serving, port, target);
    }
    if (connectLocal === null) throw refusedPort(port);
    return await connectLocal(serving ?? port, target.gone);
  };
}

function servingOf(
  ports: PodPorts,
  port: number,
): PortHandler | number | undefined {
  if (typeof ports === "function") return ports;
  return Object.hasOwn(ports, port) ? ports[port] : undefined;
}
