import { type ChannelProtocol, V4 } from "../../channel/subprotocols.ts";
import type { Status } from "../../status.ts";
import type { ProcessOutcome } from "../containers/container.ts";

/** The Status to send when a command has ended. */
export function execStatus(
  end: ProcessOutcome,
  protocol: ChannelProtocol,
): Status {
  if ("failure" in end) {
    return runtimeError(
      `error executing command in container: ${end.failure}`,
      protocol,
    );
  }
  if (end.exitCode === 0) return success(protocol);
  // The v5 translator reports codes above 255 as an internal error.
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

/** Attach reports no exit code: any end of the process is a Success. */
export function attachStatus(
  end: ProcessOutcome,
  protocol: ChannelProtocol,
): Status {
  if (!("failure" in end)) return success(protocol);
  return runtimeError(
    `error attaching to container: ${end.failure}`,
    protocol,
  );
}

/**
 * An error of the container runtime. The v5 translator reads it from its own
 * stream and reports it as an internal error again.
 */
function runtimeError(cause: string, protocol: ChannelProtocol): Status {
  const status = internalError(cause, protocol);
  return protocol === V4 ? status : internalError(status.message!, protocol);
}

/** An internal error, sent on the status channel. */
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

/** Recent container runtimes, which serve v4, omit it. */
function metadata(protocol: ChannelProtocol): Pick<Status, "metadata"> {
  return protocol === V4 ? {} : { metadata: {} };
}
