// What `Api` loads once a container is to be started.
import type { CallSite } from "../../call_site.ts";
import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import type { DebugOptions } from "./debug_options.ts";
import { debugPod } from "./debug_pod.ts";
import type { LaunchedSession } from "./launched_session.ts";
import type { RunOnceOptions, StreamOnceOptions } from "./one_shot_options.ts";
import type { OneShotResult } from "./one_shot_result.ts";
import { runInPod } from "./run_once.ts";
import { streamFromPod } from "./stream_once.ts";

/** See `DebugMethod`. */
export function debug(
  context: CallContext,
  site: CallSite,
  target: Target,
  options: DebugOptions,
): Promise<LaunchedSession> {
  return debugPod(context, target, options, site);
}

/** See `RunOnceMethod`. */
export function runOnce(
  context: CallContext,
  _site: CallSite,
  options: RunOnceOptions,
): Promise<OneShotResult> {
  return runInPod(context, options);
}

/** See `StreamOnceMethod`. */
export function streamOnce(
  context: CallContext,
  site: CallSite,
  options: StreamOnceOptions,
): Promise<LaunchedSession> {
  return streamFromPod(context, options, site);
}
