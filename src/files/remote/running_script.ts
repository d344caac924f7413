import type { Bytes } from "../../bytes.ts";
import type { StreamSession } from "../../session/stream_session.ts";
import type { FileCall } from "../file_call.ts";
import { brokenScript, lastOf, scriptFailure } from "./failures.ts";
import { MarkedOutput } from "./marked_output.ts";

/**
 * Starts a script of `sh`.
 *
 * @param marker The word of its own lines, which is one of the parameters.
 */
export async function startScript(
  call: FileCall,
  script: string,
  parameters: readonly string[],
  { marker, stdin }: { readonly marker: string; readonly stdin: boolean },
): Promise<RunningScript> {
  const session = await call.runScript(script, parameters, { stdin });
  return new RunningScript(call, session, marker);
}

/** What happens to the copy that a script makes. */
export interface CopyReceiver {
  /** Called with each part. */
  onPart?(part: Bytes): void;
  /**
   * Called with the line behind the copy, before the stream ends.
   *
   * @throws If the copy is not what it must be.
   */
  check(end: string): void;
}

/** A script that runs in a container. */
export class RunningScript {
  readonly session: StreamSession;
  readonly #call: FileCall;
  readonly #output: MarkedOutput;
  readonly #stderr: Promise<string>;

  constructor(call: FileCall, session: StreamSession, marker: string) {
    this.#call = call;
    this.session = session;
    this.#output = new MarkedOutput(session.stdout, marker);
    this.#stderr = lastOf(session.stderr);
  }

  /**
   * The script's next line.
   *
   * @returns Null if it ends without one.
   * @throws {FileTransferError} If the line is a failure.
   * @throws What the session ended with.
   */
  async line(names: readonly string[] = []): Promise<string | null> {
    const line = await this.#output.line();
    if (line === null || !line.startsWith("fail ")) return line;
    throw scriptFailure(this.#call, line, names);
  }

  /** The error of a script that has ended without its last line. */
  async broken(): Promise<Error> {
    return await brokenScript(
      this.#call,
      this.session,
      this.#output,
      this.#stderr,
    );
  }

  /**
   * What the script copies to its output behind a line, as a stream. The end of
   * the stream, or its cancelling, ends the call.
   */
  copy(receiver: CopyReceiver): ReadableStream<Bytes> {
    return new ReadableStream<Bytes>({
      pull: async (controller) => {
        try {
          const { bytes, isLast, end } = await this.#output.part();
          receiver.onPart?.(bytes);
          if (isLast) {
            if (end === null) throw await this.broken();
            receiver.check(end);
            this.close();
          }
          if (bytes.byteLength > 0) controller.enqueue(bytes);
          if (isLast) controller.close();
        } catch (error) {
          this.close();
          throw error;
        }
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /**
   * Ends the call and the session. The client waits for the socket's release;
   * readers need not.
   */
  close(): void {
    this.#call.release();
    this.session.close();
  }
}
