import { PORT_FORWARD_TUNNEL, V4 } from "../../channel/subprotocols.ts";
import { ChannelForward } from "../port_forward/channel_forward.ts";
import { ClientConnection } from "../port_forward/client_connection.ts";
import {
  type PortDialer,
  refusedPort,
} from "../port_forward/port_connection.ts";
import { PortForwarding } from "../port_forward/port_forwarding.ts";
import { TunnelForward } from "../port_forward/tunnel_forward.ts";
import type { AuthenticatedUser } from "./access.ts";
import {
  type ApiRequest,
  type ApiResponse,
  textResponse,
} from "./api_request.ts";
import type { PortForwardFault } from "./fault.ts";
import type { PodRecord } from "./pod_record.ts";
import { acceptedProtocols, checkStream } from "./stream_checks.ts";

/** An authorized port-forward request. */
export interface PortForwardRequest {
  readonly request: ApiRequest;
  readonly user: AuthenticatedUser;
  readonly record: PodRecord;
}

/** What the server forwards with. */
export interface PortForwardSettings {
  /** `"v5"`, with which servers have the tunnel too, `"v4"`, or both. */
  readonly protocols: readonly string[];
  readonly dial: PortDialer;
  /** The fault of this request, if it has one. */
  readonly takeFault: () => PortForwardFault | null;
}

/**
 * Responds to port-forward: through a tunnel, or over v4 channels. The kubelet's
 * refusals are plain HTTP with both.
 *
 * @throws {ApiFailure} A check of the API server fails.
 */
export function portForwardResponse(
  { request, user, record }: PortForwardRequest,
  { protocols, dial, takeFault }: PortForwardSettings,
): ApiResponse {
  checkStream(request, record);
  const accepted = acceptedProtocols(record, protocols);
  const protocol = chooseProtocol(user.protocols, accepted);
  if (protocol === null) return textResponse(403, "");
  const { name, namespace, uid } = record.object.metadata;
  const ports = protocol === V4
    ? readPorts(request.url.searchParams.getAll("ports"))
    : [];
  if (typeof ports === "string") return textResponse(400, ports);
  if (record.removed) return textResponse(404, "pod does not exist");
  if (record.object.status.phase !== "Running") {
    return textResponse(500, `pod not found ("${name}_${namespace}")`);
  }
  const fault = takeFault();
  return {
    kind: "upgrade",
    protocol,
    delay: fault?.delay ?? 0,
    serve(peer) {
      const client = new ClientConnection(peer, fault);
      const target = { pod: name, namespace, gone: record.gone.signal };
      const forwarding = new PortForwarding(
        fault?.refuse ? (port) => Promise.reject(refusedPort(port)) : dial,
        target,
        uid,
      );
      if (protocol === V4) new ChannelForward(client, ports, forwarding);
      else new TunnelForward(client, forwarding);
    },
  };
}

/** The tunnel wherever it is offered, as by an API server. */
function chooseProtocol(
  offered: readonly string[],
  accepted: readonly string[],
): string | null {
  if (accepted.includes("v5") && offered.includes(PORT_FORWARD_TUNNEL)) {
    return PORT_FORWARD_TUNNEL;
  }
  return accepted.includes("v4") && offered.includes(V4) ? V4 : null;
}

/** The ports in the query, or why the kubelet refuses them. */
function readPorts(values: readonly string[]): number[] | string {
  if (values.length === 0) return 'query parameter "port" is required';
  const joined = values.join(",");
  const ports = joined.split(",");
  for (const port of ports) {
    if (joined === "") return 'query parameter "port" cannot be empty';
    const quoted = JSON.stringify(joined);
    if (!/^\d+$/.test(port)) {
      return `unable to parse ${quoted} as a port: strconv.ParseUint: ` +
        `parsing ${JSON.stringify(port)}: invalid syntax`;
    }
    if (Number(port) > 65535) {
      return `unable to parse ${quoted} as a port: strconv.ParseUint: ` +
        `parsing ${JSON.stringify(port)}: value out of range`;
    }
    if (Number(port) === 0) return `port ${quoted} must be > 0`;
  }
  return ports.map(Number);
}
