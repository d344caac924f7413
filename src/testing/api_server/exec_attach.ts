import { type ChannelProtocol, V4, V5 } from "../../channel/subprotocols.ts";
import { FailedProcess, NOT_RUNNING } from "../containers/failed_process.ts";
import type {
  ProcessOutcome,
  StreamedProcess,
  StreamFlags,
} from "../containers/container.ts";
import type { AuthenticatedUser } from "./access.ts";
import {
  type ApiRequest,
  type ApiResponse,
  textResponse,
} from "./api_request.ts";
import { FAULT_ANNOTATION, parseFault, type SessionFault } from "./fault.ts";
import { chooseContainer, type PodRecord } from "./pod_record.ts";
import { acceptedProtocols, checkStream } from "./stream_checks.ts";
import { refuseSession, serveSession } from "./server_session.ts";
import { attachStatus, execStatus, internalError } from "./stream_status.ts";

/** Defaults for pods without an annotation. */
export interface StreamDefaults {
  /** `"v5"`, `"v4"`, or both. */
  readonly protocols: readonly string[];
  readonly fault: SessionFault | null;
}

/** An authorized exec or attach request. */
export interface StreamRequest {
  readonly request: ApiRequest;
  readonly user: AuthenticatedUser;
  readonly record: PodRecord;
  readonly subresource: "exec" | "attach";
}

/**
 * Responds to exec and attach. First come the API server's checks, then the
 * kubelet's, whose refusal is sent on the status channel by the v5 translator
 * and as plain HTTP with v4.
 *
 * @throws {ApiFailure} A check of the API server fails.
 */
export function streamResponse(
  stream: StreamRequest,
  defaults: StreamDefaults,
): ApiResponse {
  const { request, record, user } = stream;
  const query = request.url.searchParams;
  const container = chooseContainer(record, query.get("container"));
  checkStream(request, record);
  const protocol = chooseProtocol(
    user.protocols,
    acceptedProtocols(record, defaults.protocols),
  );
  if (protocol === null) return textResponse(403, "");

  const flags = readFlags(query);
  const refusal = kubeletRefusal(stream, container, flags);
  if (refusal !== null && protocol === V4) {
    return textResponse(refusal.code, refusal.message);
  }
  const fault = faultOf(record) ?? defaults.fault;
  return {
    kind: "upgrade",
    protocol,
    delay: fault?.delay ?? 0,
    serve(peer) {
      if (refusal !== null) {
        const cause = `unable to upgrade connection: ${refusal.message}`;
        const status = internalError(cause, protocol);
        const { subresource } = stream;
        return refuseSession(peer, { flags, subresource, protocol }, status);
      }
      serveSession(peer, {
        process: connect(stream, container, flags),
        flags,
        subresource: stream.subresource,
        protocol,
        fault,
        status: (end: ProcessOutcome) =>
          stream.subresource === "exec"
            ? execStatus(end, protocol)
            : attachStatus(end, protocol),
      });
    },
  };
}

/** The container may have ended since the checks. */
function connect(
  { request, record, subresource }: StreamRequest,
  name: string,
  flags: StreamFlags,
): StreamedProcess {
  const container = record.containers.get(name);
  if (container === undefined) return new FailedProcess(NOT_RUNNING);
  if (subresource === "attach") return container.attach(flags);
  return container.exec(request.url.searchParams.getAll("command"), flags);
}

/** The kubelet ignores `stderr` with a terminal. */
function readFlags(query: URLSearchParams): StreamFlags {
  const has = (name: string): boolean =>
    ["true", "1"].includes(query.get(name) ?? "");
  const tty = has("tty");
  return {
    stdin: has("stdin"),
    stdout: has("stdout"),
    stderr: has("stderr") && !tty,
    tty,
  };
}

function kubeletRefusal(
  { record, subresource }: StreamRequest,
  container: string,
  { stdin, stdout, stderr }: StreamFlags,
): { code: number; message: string } | null {
  if (!stdin && !stdout && !stderr) {
    return {
      code: 400,
      message: "you must specify at least 1 of stdin, stdout, stderr",
    };
  }
  if (record.removed) return { code: 404, message: "pod does not exist" };
  if (!record.containers.has(container)) {
    const { name, namespace } = record.object.metadata;
    const message = subresource === "exec"
      ? `container not found ("${container}")`
      : `container ${container} not found in pod ${name}_${namespace}`;
    return { code: 500, message };
  }
  return null;
}

/** The translator takes offers that include v5; others go to the runtime. */
function chooseProtocol(
  offered: readonly string[],
  accepted: readonly string[],
): ChannelProtocol | null {
  if (accepted.includes("v5") && offered.includes(V5)) return V5;
  if (accepted.includes("v4") && offered.includes(V4)) return V4;
  return null;
}

function faultOf(record: PodRecord): SessionFault | null {
  return parseFault(record.object, FAULT_ANNOTATION);
}
