import { supportsHalfClose } from "../../channel/subprotocols.ts";
import { type Deadline, startDeadline } from "../../client/deadline.ts";
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import {
  BufferOverflowError,
  HalfCloseUnsupportedError,
  StdinError,
} from "../../errors.ts";
import { StreamSession } from "../../session/stream_session.ts";
import { sleep } from "../../timers.ts";
import type { CallContext } from "../call.ts";
import { withPartial } from "../run_error.ts";
import { type StdinFeed, stdinFeed } from "../stdin_feed.ts";
import { attachContainer, attachUnlessEnded } from "./attach_container.ts";
import { readWholeLog } from "./container_log.ts";
import {
  type ContainerEnd,
  type ContainerPlace,
  isContainerRunning,
  waitForEnd,
  waitForStart,
} from "./container_state.ts";
import { startLaunch } from "./launch_scope.ts";
import { type RunOnceOptions, runOnceRequest } from "./one_shot_options.ts";
import { OneShotPod } from "./one_shot_pod.ts";
import { OneShotResult } from "./one_shot_result.ts";
import { RunOutput } from "./run_output.ts";

/** How long an attachment may end after its container, in milliseconds. */
const ATTACH_AFTER_END = 2_000;

/** Runs a command in a pod of its own; see `RunOnceMethod`. */
export async function runInPod(
  context: CallContext,
  options: RunOnceOptions,
): Promise<OneShotResult> {
  const request = runOnceRequest(context, options);
  const { action } = request;
  const { deadline, leave } = startLaunch(context, action, options);
  const pod = new OneShotPod(context, request);
  const output = new RunOutput(request);
  let feed: StdinFeed | null = null;
  try {
    feed = stdinFeed(action, options.stdin);
    const place = await pod.create(context, deadline.signal);
    const end = await new OneShotRun(place, output, deadline).finish(feed);
    deadline.stopClock();
    const leftover = await pod.remove();
    const { name } = pod;
    return new OneShotResult({ ...output.result(), pod: name, end, leftover });
  } catch (error) {
    feed?.cancel(error);
    await pod.remove();
    throw withPartial(error, { ...output.result(), status: null });
  } finally {
    leave();
  }
}

/** One command that runs in its pod. */
class OneShotRun {
  readonly #place: ContainerPlace;
  readonly #output: RunOutput;
  /** Ends with the call, and with the first failure of a part. */
  readonly #parts: Deadline;

  constructor(place: ContainerPlace, output: RunOutput, deadline: Deadline) {
    this.#place = place;
    this.#output = output;
    this.#parts = startDeadline(place.action, null, deadline.signal);
  }

  async finish(feed: StdinFeed | null): Promise<ContainerEnd> {
    const { signal } = this.#parts;
    let session: StreamSession | null = null;
    try {
      const pod = await waitForStart(this.#place, signal);
      session = await this.#attach(pod, feed !== null);
      const attached = this.#follow(session, feed);
      // The failure of one part ends the others.
      const parts = [attached, this.#log(pod)].map((part) =>
        part.catch((error) => {
          this.#parts.abort(error);
          throw error;
        })
      );
      const [, logged] = parts;
      Promise.allSettled(parts);
      await logged;
      const end = await waitForEnd(this.#place, signal);
      await this.#settle(parts, signal);
      this.#output.detach();
      return end;
    } finally {
      await session?.close();
      this.#parts.release();
    }
  }

  /** Null if the container has ended, or, without stdin, cannot be attached. */
  async #attach(pod: Pod, stdin: boolean): Promise<StreamSession | null> {
    const { container, action } = this.#place;
    const { signal } = this.#parts;
    if (!isContainerRunning(pod, container)) return null;
    const channels = { stdin, tty: false, size: undefined };
    try {
      // Without stdin the log is enough.
      const opened = stdin
        ? await attachUnlessEnded(this.#place, channels, signal)
        : await attachContainer(this.#place, channels, signal);
      if (opened === null) return null;
      const { connection, session, protocol } = opened;
      if (stdin && !supportsHalfClose(protocol)) {
        connection.close();
        throw new HalfCloseUnsupportedError(
          `Cannot ${action} with stdin: the server chose ${protocol}, so stdin ` +
            "could not be closed",
          { protocol },
        );
      }
      const { client } = this.#place.context;
      return new StreamSession(connection, {
        ...session,
        signal,
        onEnd: ({ failure }) =>
          client.ended(connection, {
            exitCode: null,
            error: failure?.reason ?? null,
          }),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (stdin) throw error;
      return null;
    }
  }

  /** Reads an attachment to its end, and writes stdin to it. */
  async #follow(
    session: StreamSession | null,
    feed: StdinFeed | null,
  ): Promise<void> {
    if (session === null) {
      feed?.cancel(new Error("the container has ended"));
      return this.#output.detach();
    }
    let isFed = feed === null;
    const fed = feed?.run({
      write: (bytes) => session.write(bytes),
      close: () => session.closeStdin(),
    }).then(() => {
      isFed = true;
    }, (error) => {
      // The end of the session is told below.
      if (error instanceof StdinError) throw error;
    });
    const reading = (["stdout", "stderr"] as const)
      .map((channel) => this.#read(session, channel));
    const ended = async () => {
      try {
        await session.waitForStatus();
      } catch (error) {
        // An input that is cut must not look complete.
        if (!isFed) throw error;
      } finally {
        feed?.cancel(new Error("the session has ended"));
      }
    };
    await Promise.all([fed, ...reading, ended()]);
    this.#output.detach();
  }

  async #read(
    session: StreamSession,
    channel: "stdout" | "stderr",
  ): Promise<void> {
    const reader = session[channel].getReader();
    while (true) {
      // How it ends is up to the status; the log has the rest.
      const next = await reader.read().catch(() => null);
      if (next === null || next.done) return;
      this.#output.attached(channel, next.value);
    }
  }

  async #log(pod: Pod): Promise<void> {
    const { limit } = this.#output;
    const { signal } = this.#parts;
    try {
      await readWholeLog(
        this.#place,
        pod,
        signal,
        limit,
        (bytes) => this.#output.logged(bytes),
      );
    } catch (error) {
      // One line is longer than all output may be.
      const isLine = error instanceof BufferOverflowError &&
        error.channel === null;
      if (isLine) throw this.#output.overflow("stdout", error.limit - limit);
      throw error;
    }
  }

  /** Waits for what an attachment still receives. */
  async #settle(
    parts: readonly Promise<void>[],
    signal: AbortSignal,
  ): Promise<void> {
    const late = startDeadline(this.#place.action, null, signal);
    try {
      await Promise.race([
        Promise.all(parts),
        sleep(ATTACH_AFTER_END, late.signal),
      ]);
    } finally {
      late.abort(null);
      late.release();
    }
  }
}
