import { type ChannelProtocol, V4 } from "../../channel/subprotocols.ts";
import type { Status } from "../../status.ts";
import type { ProcessOutcome } from "../containers/container.ts";

/** The Status that the status channel carries when a command has ended. */
export function execStatus(
  end: ProcessOutcome,
  protocol: ChannelProtocol,
): Status {
  if ("failure" in end) {
    return internalError(
      `error executing command in container: ${end.failure}`,
      protocol,
    );
  }
  if (end.exitCode === 0) return success(protocol);
  // The translator carries no code beyond a byte (PROTOCOL.md, "Status JSON").
  if (protocol !== V4 && end.exitCode > 255) {
    return internalError(
      `error stream protocol error: invalid exit code value "${end.exitCode}"`,
      protocol,
    );
  }
  return {
    ...metadata(protocol),
    status: "Failure",
    message: "command terminated with non-zero exit code: " +
      `error executing command, exit code ${end.exitCode}`,
    reason: "NonZeroExitCode",
    details: {
      causes: [{ reason: "ExitCode", message: String(end.exitCode) }],
    },
  };
}

/** Attach knows no exit code: the end of the process is a success. */
export function attachStatus(
  end: ProcessOutcome,
  protocol: ChannelProtocol,
): Status {
  if (!("failure" in end)) return success(protocol);
  return internalError(
    `error attaching to container: ${end.failure}`,
    protocol,
  );
}

/** A failure of the server's, in band. */
export function internalError(
  cause: string,
  protocol: ChannelProtocol,
): Status {
  return {
    ...metadata(protocol),
    status: "Failure",
    message: `Internal error occurred: ${cause}`,
    reason: "InternalError",
    ...(protocol === V4 ? {} : { details: { causes: [{ message: cause }] } }),
    code: 500,
  };
}

function success(protocol: ChannelProtocol): Status {
  return { ...metadata(protocol), status: "Success" };
}

/** Recent runtimes, which is who speaks v4, leave it out. */
function metadata(protocol: ChannelProtocol): Pick<Status, "metadata"> {
  return protocol === V4 ? {} : { metadata: {} };
}
