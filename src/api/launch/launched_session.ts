import {
  StreamSession,
  type StreamSessionOptions,
} from "../../session/stream_session.ts";
import type { Connection } from "../../transport/transport.ts";

/** What a {@linkcode LaunchedSession} is attached to. */
export interface LaunchedIn {
  readonly pod: string;
  readonly container: string;
  /** Undoes the launch once the session has ended; never rejects. */
  readonly leave: () => Promise<Error | null>;
}

/**
 * A session with a container that the call has started: a debug container, or
 * that of a pod of its own. Its status and exit code are the container's own.
 */
export class LaunchedSession extends StreamSession {
  /** The pod's name. */
  readonly pod: string;
  /** The container's name. */
  readonly container: string;
  readonly #leave: () => Promise<Error | null>;

  /**
   * `debug` and `streamOnce` make it.
   *
   * @internal
   */
  constructor(
    connection: Connection,
    options: StreamSessionOptions,
    launched: LaunchedIn,
  ) {
    super(connection, options);
    this.pod = launched.pod;
    this.container = launched.container;
    this.#leave = launched.leave;
  }

  /**
   * Ends the session from this side, as `StreamSession.close` does. With
   * `streamOnce` the pod is deleted then.
   *
   * @returns When that is done, or has failed: see `leftover`.
   */
  override async close(): Promise<void> {
    await super.close();
    await this.#leave();
  }

  /**
   * Waits for the end of the session and the deletion of the pod of `streamOnce`.
   *
   * @returns Why the pod could not be deleted; null if it was, and for a debug
   * container, which no one can delete.
   */
  async leftover(): Promise<Error | null> {
    await this.waitForStatus().catch(() => {});
    return await this.#leave();
  }
}
