import type { TerminalSize } from "../channel/resize.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import { stripEscapes } from "../redact.ts";
import { followElement } from "./follow_element.ts";
import type { TerminalSession } from "./terminal_session.ts";

/** What can be released, as in xterm.js. */
export interface Disposable {
  /** Releases it. */
  dispose(): void;
}

/** The parts of an xterm.js `Terminal` that a binding uses. */
export interface XtermTerminal {
  /** Columns. */
  readonly cols: number;
  /** Rows. */
  readonly rows: number;
  /** The element of the terminal, once it is open. */
  readonly element?: unknown;
  /** Queues output, and calls back when it is drawn. */
  write(data: string | Uint8Array, callback?: () => void): void;
  /** Text that is typed or pasted, and answers of the terminal. */
  onData(listener: (data: string) => void): Disposable;
  /** Bytes that are no text, one for each character: some reports of the mouse. */
  onBinary(listener: (data: string) => void): Disposable;
  /** A new size. */
  onResize(
    listener: (size: { readonly cols: number; readonly rows: number }) => void,
  ): Disposable;
}

/** How a session ended, for {@linkcode BindTerminalOptions.endText}. */
export interface TerminalEnd {
  /** The exit code; null if there is none, as after an attach. */
  readonly exitCode: number | null;
  /** Why the session failed; null if it did not. */
  readonly error: unknown;
}

/** Options of {@linkcode bindTerminal}. */
export interface BindTerminalOptions {
  /**
   * The terminal's `FitAddon`: it fits the terminal into the element around it,
   * now and whenever that changes its size, but not while it is hidden.
   */
  readonly fit?: { fit(): void };
  /**
   * The line to show at the end, without line breaks; null shows none. Defaults
   * to the exit code, or the error's message. What it throws rejects `ended`.
   */
  readonly endText?: ((end: TerminalEnd) => string) | null;
}

const OPTIONS: OptionNames<BindTerminalOptions> = { fit: true, endText: true };

/** A session in a terminal. */
export interface TerminalBinding extends Disposable {
  /**
   * The exit code, once all output is drawn; null if there is none, or after
   * `dispose()`. Rejects as the session's `exitCode` does; that the rejection is
   * not awaited is no fault.
   */
  readonly ended: Promise<number | null>;
  /**
   * Unbinds them, and leaves both to their owners: neither is closed, and output
   * that is not drawn yet stays in the session. Idempotent; at the session's end
   * it happens by itself.
   */
  dispose(): void;
}

/**
 * Shows a session in an xterm.js terminal: draws the output no faster than the
 * terminal can, so that a flood pauses the container; sends what is typed or
 * pasted, the terminal's own answers, and its size, now and when it changes. At
 * the end it shows the exit code, or why the session failed.
 *
 * A session without a TTY is shown too; its lines need the terminal's option
 * `convertEol`.
 *
 * @param session Its output must be unlocked and unread.
 * @throws {TypeError} If an option does not exist.
 */
export function bindTerminal(
  session: TerminalSession,
  terminal: XtermTerminal,
  options: BindTerminalOptions = {},
): TerminalBinding {
  checkOptions(options, OPTIONS, "bind the terminal");
  return new Binding(session, terminal, options);
}

/** Input and sizes that come after the session's end are dropped. */
const ignore = (): void => {};

class Binding implements TerminalBinding {
  readonly ended: Promise<number | null>;
  readonly #session: TerminalSession;
  readonly #terminal: XtermTerminal;
  readonly #endText: (end: TerminalEnd) => string;
  readonly #unbound = Promise.withResolvers<null>();
  readonly #stops: (() => void)[] = [];
  #disposed = false;
  #sent: TerminalSize | null = null;
  /** The first half of a character whose second half is still to come. */
  #half = "";

  constructor(
    session: TerminalSession,
    terminal: XtermTerminal,
    { fit, endText = describeEnd }: BindTerminalOptions,
  ) {
    this.#session = session;
    this.#terminal = terminal;
    this.#endText = endText ?? (() => "");
    let outputs: OutputReader[];
    try {
      outputs = [session.stdout, session.stderr].map((it) => this.#lock(it));
      this.#bind(fit);
    } catch (error) {
      this.#unbind();
      throw error;
    }
    this.ended = Promise.race([this.#show(outputs), this.#unbound.promise]);
    this.ended.catch(ignore);
  }

  dispose(): void {
    this.#unbind();
    this.#unbound.resolve(null);
  }

  #unbind(): void {
    this.#disposed = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  #lock(output: ReadableStream<Uint8Array>): OutputReader {
    const reader = output.getReader();
    this.#stops.push(() => reader.releaseLock());
    return reader;
  }

  #bind(fit: BindTerminalOptions["fit"]): void {
    const { tty, hasStdin, subresource } = this.#session;
    if (hasStdin) this.#listen();
    if (tty) this.#own(this.#terminal.onResize(() => this.#resize()));
    if (fit !== undefined) this.#stops.push(followElement(this.#terminal, fit));
    if (!tty) return;
    // Only a change of size makes a running program redraw its screen.
    if (subresource === "attach") this.#resize(1);
    this.#resize();
  }

  #own(listener: Disposable): void {
    this.#stops.push(() => listener.dispose());
  }

  #listen(): void {
    const { onData, onBinary } = this.#terminal;
    this.#own(onData.call(this.#terminal, (text) => this.#type(text)));
    this.#own(onBinary.call(this.#terminal, (text) => {
      this.#write(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    }));
  }

  /** A paste may hold halves of characters, which are no Unicode. */
  #type(text: string): void {
    const whole = this.#half + text;
    this.#half = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? "";
    const typed = whole.slice(0, whole.length - this.#half.length);
    if (typed !== "") this.#write(typed.toWellFormed());
  }

  #write(data: string | Uint8Array): void {
    this.#session.write(data).catch(ignore);
  }

  #resize(additionalRows = 0): void {
    const { cols, rows } = this.#terminal;
    const size = { width: cols, height: rows + additionalRows };
    const { width, height } = this.#sent ?? {};
    if (size.width === width && size.height === height) return;
    this.#sent = size;
    this.#session.resize(size).catch(ignore);
  }

  async #show(outputs: readonly OutputReader[]): Promise<number | null> {
    await Promise.all(outputs.map((reader) => this.#draw(reader)));
    if (this.#disposed) return null;
    const { exitCode } = this.#session;
    await this.#close(
      await exitCode.then(
        (exitCode) => ({ exitCode, error: null }),
        (error) => ({ exitCode: null, error }),
      ),
    );
    return await exitCode;
  }

  /** A failed read ends it: the exit code rejects with the reason, too. */
  async #draw(reader: OutputReader): Promise<void> {
    const next = () => reader.read().catch(() => ({ value: undefined }));
    for (let part; (part = (await next()).value) !== undefined;) {
      // Also after `dispose`: it is no longer in the session.
      await this.#written(part);
    }
  }

  #written(data: string | Uint8Array): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#terminal.write(data, resolve);
    // A terminal that was disposed never calls back.
    return Promise.race([promise, this.#unbound.promise]);
  }

  async #close(end: TerminalEnd): Promise<void> {
    if (this.#disposed) return;
    try {
      const text = stripEscapes(this.#endText(end)).replace(/\s+/g, " ");
      if (text !== "") await this.#written(`\r\n${text}\r\n`);
    } finally {
      this.#unbind();
    }
  }
}

type OutputReader = ReadableStreamDefaultReader<Uint8Array>;

function describeEnd({ exitCode, error }: TerminalEnd): string {
  if (error !== null) {
    return `[${error instanceof Error ? error.message : String(error)}]`;
  }
  return exitCode === null
    ? "[the session ended]"
    : `[the command exited with ${exitCode}]`;
}
