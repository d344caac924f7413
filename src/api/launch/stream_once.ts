import type { CallSite } from "../../call_site.ts";
import type { CallContext } from "../call.ts";
import { waitForStart } from "./container_state.ts";
import { startLaunch } from "./launch_scope.ts";
import { launchSession } from "./launch_session.ts";
import type { LaunchedSession } from "./launched_session.ts";
import {
  type StreamOnceOptions,
  streamOnceRequest,
} from "./one_shot_options.ts";
import { OneShotPod } from "./one_shot_pod.ts";

/**
 * Starts a command in a pod of its own; see `StreamOnceMethod`.
 *
 * @param keeps Whether the pod stays once the session has begun.
 */
export async function streamFromPod(
  context: CallContext,
  options: StreamOnceOptions,
  site: CallSite,
  keeps = false,
): Promise<LaunchedSession> {
  const request = streamOnceRequest(context, options, keeps);
  const { action, channels } = request;
  const { deadline, leave } = startLaunch(context, action, options);
  const pod = new OneShotPod(context, request);
  const remove = () => pod.remove();
  try {
    const { signal } = deadline;
    const place = await pod.create(context, signal);
    const started = await waitForStart(place, signal);
    return await launchSession(place, {
      pod: started,
      channels,
      deadline,
      signal: options.signal,
      site,
      outlives: false,
      stitches: true,
      leave: keeps ? () => Promise.resolve(null) : remove,
    });
  } catch (error) {
    await remove();
    throw error;
  } finally {
    leave();
  }
}
