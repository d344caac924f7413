import type { CallSite } from "../../call_site.ts";
import { startDeadline } from "../../client/deadline.ts";
import { ForwardedConnection } from "../../session/forwarded_connection.ts";
import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import { tieToClient } from "../open_stream.ts";
import {
  openPort,
  PORT_FORWARD_OPTIONS,
  type PortForwardOptions,
  prepareForward,
} from "./forward_call.ts";

/** Opens one connection to a port of a pod, with a Web Stream each way. */
export async function connect(
  context: CallContext,
  target: Target,
  port: number | string,
  options: PortForwardOptions,
  site: CallSite,
): Promise<ForwardedConnection> {
  const names = PORT_FORWARD_OPTIONS;
  const call = prepareForward(context, target, port, options, names);
  const { client } = context;
  const deadline = startDeadline(call.action, call.timeout, options.signal);
  try {
    const opened = await openPort(call, deadline);
    deadline.stopClock();
    const { connection } = opened;
    const forwarded = new ForwardedConnection({
      ...opened,
      highWaterMark: client.highWaterMark,
      signal: deadline.signal,
      onEnd: ({ failure }) => {
        deadline.release();
        site.addTo(failure?.reason);
        const error = failure?.reason ?? null;
        client.ended(connection, { exitCode: null, error });
      },
    });
    tieToClient(forwarded, connection, client);
    return forwarded;
  } catch (error) {
    deadline.release();
    throw error;
  }
}
