import { abortable } from "../abortable.ts";
import type { CallSite } from "../call_site.ts";
import { exitCodeOf } from "../channel/status_frame.ts";
import type { Closeable } from "../client/client_lifetime.ts";
import type { ClusterClient } from "../client/cluster_client.ts";
import { type StreamOptions, streamRequest } from "../request/exec_options.ts";
import type { StreamSession } from "../session/stream_session.ts";
import type { Connection } from "../transport/transport.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import { shellCheck } from "./shell_problem.ts";
import { startCall } from "./subresource_call.ts";

/**
 * Opens a live session of `exec` or `attach`.
 *
 * @param site The caller's frames, for the stacks of this call's errors and of
 * the session's.
 */
export function openStream(
  context: CallContext,
  subresource: "exec" | "attach",
  target: Target,
  options: StreamOptions,
  site: CallSite,
): Promise<StreamSession> {
  return site.trace(() => open(context, subresource, target, options, site));
}

async function open(
  context: CallContext,
  subresource: "exec" | "attach",
  target: Target,
  options: StreamOptions,
  site: CallSite,
): Promise<StreamSession> {
  const started = startCall(
    context,
    subresource,
    target,
    options,
    (action) => streamRequest(action, subresource, options),
  );
  const { client, deadline } = started;
  try {
    // Before the connection, whose messages may come at once.
    const [{ keepAliveOf, negotiateStream, openOnPod }, { StreamSession }] =
      await abortable(
        Promise.all([
          import("./negotiate.ts"),
          import("../session/stream_session.ts"),
        ]),
        deadline.signal,
      );
    const { call, opened } = await openOnPod(started, negotiateStream);
    const { request } = call;
    const { connection, protocol } = opened;
    // A session outlives its clock, and listens to the caller's signal itself.
    deadline.release();
    const { signal } = deadline.signal.aborted ? deadline : options;
    const session = new StreamSession(connection, {
      ...request,
      size: request.size,
      protocol,
      subresource,
      highWaterMark: client.highWaterMark,
      keepAlive: keepAliveOf(call),
      hideCredentials: (text) => client.hideCredentials(text),
      refusal: shellCheck(call),
      signal,
      onEnd: ({ failure, status }) => {
        site.addTo(failure?.reason);
        client.ended(connection, {
          exitCode: subresource === "exec" ? exitCodeOf(status) : null,
          error: failure?.reason ?? null,
        });
      },
    });
    tieToClient(session, connection, client);
    return session;
  } catch (error) {
    deadline.release();
    throw error;
  }
}

/** Closing the client closes the session; the client may be closed already. */
export function tieToClient(
  session: Closeable,
  connection: Pick<Connection, "released">,
  client: ClusterClient,
): void {
  try {
    connection.released.then(client.adopt(session));
  } catch (error) {
    session.close();
    throw error;
  }
}
