import { checkTerminalSize, type TerminalSize } from "../channel/resize.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import {
  type AsciicastCode,
  encodeAsciicastEvent,
  encodeAsciicastHeader,
} from "./asciicast.ts";
import type { TerminalSession } from "./terminal_session.ts";

/** Options of {@linkcode recordSession}. */
export interface RecordSessionOptions {
  /**
   * The terminal's size at the start. Later sizes are those given to `resize` of
   * the recorded session.
   *
   * @default {{ width: 80, height: 24 }}
   */
  readonly size?: TerminalSize;
  /** A title, shown by players; none by default. */
  readonly title?: string;
  /** The command that is recorded, for the header; none by default. */
  readonly command?: string;
  /** Environment variables for the header, such as `TERM`; none by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Players shorten pauses to so many milliseconds; they do not by default. */
  readonly idleTimeLimit?: number;
  /**
   * Whether input is recorded too, passwords included.
   *
   * @default false
   */
  readonly input?: boolean;
}

const OPTIONS: OptionNames<RecordSessionOptions> = {
  size: true,
  title: true,
  command: true,
  env: true,
  idleTimeLimit: true,
  input: true,
};

/** A session that is recorded: use it instead of the session. */
export interface RecordedSession extends TerminalSession {
  /**
   * The recording, line by line. Ends with the output, or after `stop()`.
   * Output waits for its reader, once a MiB is unread; cancelling it stops the
   * recording, not the session.
   */
  readonly recording: ReadableStream<string>;
  /** Ends the recording; the session goes on. Idempotent. */
  stop(): void;
}

/** How much of a recording may be unread before output waits, in characters. */
const MAX_UNREAD = 2 ** 20;

const ignore = (): void => {};

/**
 * Records a session as asciinema does (asciicast, version 2): its output and its
 * sizes with their times. Give what it returns to `bindTerminal`, or read its
 * `stdout` yourself; what is not read is not recorded.
 *
 * @example
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { recordSession } from "@podwire/podwire/xterm";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * const recorded = recordSession(
 *   await pods.exec.stream("web-0", { command: ["echo", "hi"], tty: true }),
 *   { title: "a greeting" },
 * );
 * const output = recorded.stdout.pipeTo(new WritableStream());
 * for await (const line of recorded.recording) console.log(line.trimEnd());
 * await output;
 * await client.close();
 * ```
 *
 * @param session Its output must be unlocked and unread.
 * @throws {TypeError | RangeError} If an option does not exist, or the size is
 * none.
 */
export function recordSession(
  session: TerminalSession,
  options: RecordSessionOptions = {},
): RecordedSession {
  checkOptions(options, OPTIONS, "record the session");
  const { size = { width: 80, height: 24 }, input = false, ...rest } = options;
  checkTerminalSize(size);
  const recorder = new Recorder();
  recorder.line(
    encodeAsciicastHeader({ ...rest, size, timestamp: Date.now() }),
  );
  let last = size;
  const over = session.exitCode.then(ignore, ignore);
  const stdout = recorder.observe(session.stdout, over);
  // With a TTY it has ended, and nobody need read it.
  const stderr = session.tty
    ? session.stderr
    : recorder.observe(session.stderr, over);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const asText = (data: string | Uint8Array): string =>
    typeof data === "string" ? data : decoder.decode(data, { stream: true });
  return {
    subresource: session.subresource,
    tty: session.tty,
    hasStdin: session.hasStdin,
    stdout,
    stderr,
    get exitCode() {
      return session.exitCode;
    },
    async write(data) {
      if (input) recorder.event("i", asText(data));
      await session.write(data);
    },
    async resize(size) {
      await session.resize(size);
      if (size.width === last.width && size.height === last.height) return;
      last = size;
      recorder.event("r", `${size.width}x${size.height}`);
    },
    recording: recorder.recording,
    stop: () => recorder.stop(),
  };
}

class Recorder {
  readonly recording: ReadableStream<string>;
  readonly #writer: WritableStreamDefaultWriter<string>;
  readonly #start = performance.now();
  /** Streams that have not ended. */
  #open = 0;
  #stopped = false;

  constructor() {
    const { readable, writable } = new TransformStream<string, string>(
      undefined,
      { highWaterMark: MAX_UNREAD, size: (line) => line.length },
    );
    this.recording = readable;
    this.#writer = writable.getWriter();
    // Its reader cancelled it.
    this.#writer.closed.catch(() => this.#stopped = true);
  }

  line(text: string): void {
    if (!this.#stopped) this.#writer.write(text).catch(ignore);
  }

  event(code: AsciicastCode, data: string): void {
    if (data === "") return;
    this.line(
      encodeAsciicastEvent(performance.now() - this.#start, code, data),
    );
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#writer.close().catch(ignore);
  }

  /**
   * Passes a stream on, and records what is read of it.
   *
   * @param over Resolves at the end of the session: a stream that has nothing then
   * has ended, although nobody reads it, as a stderr perhaps.
   */
  observe(
    source: ReadableStream<Uint8Array>,
    over: Promise<void>,
  ): ReadableStream<Uint8Array> {
    const reader = source.getReader();
    let isRead = false;
    let first: ReturnType<typeof reader.read> | null = null;
    const read = (): ReturnType<typeof reader.read> => {
      const next = first ?? reader.read();
      first = null;
      return next;
    };
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    this.#open++;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.event("o", decoder.decode());
      if (--this.#open === 0) this.stop();
    };
    over.then(() => {
      if (isRead || ended) return;
      first = reader.read();
      first.then(({ done }) => done && end(), end);
    });
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        isRead = true;
        if (!this.#stopped) await this.#writer.ready.catch(ignore);
        try {
          const { value, done } = await read();
          if (!done) {
            this.event("o", decoder.decode(value, { stream: true }));
            return controller.enqueue(value);
          }
        } catch (error) {
          end();
          throw error;
        }
        end();
        controller.close();
      },
      cancel: async (reason) => {
        end();
        await reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }
}
