// The options that a debug container and a one-shot pod share.
import { checkUnicode } from "../../bytes.ts";
import type { EnvVar } from "../../client/kubernetes/core_v1.ts";
import { checkTerminalSize, type TerminalSize } from "../../channel/resize.ts";
import { checkWords } from "../../request/command_options.ts";

/** What runs in a container that a call starts. */
export interface LaunchOptions {
  /** The image, for example `busybox:1.37`. */
  readonly image: string;
  /** The program and its arguments; defaults to the image's entrypoint. */
  readonly command?: readonly string[];
  /** Arguments to the entrypoint, as after `kubectl run ... --`. */
  readonly args?: readonly string[];
  /**
   * Environment variables. Undefined values are left out. They are part of the
   * pod, so everyone who may get that can read them.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /** Aborts the call, or the session for its whole life, with its reason. */
  readonly signal?: AbortSignal | null;
}

/** The channels of a session with such a container. */
export interface LaunchStreamOptions extends LaunchOptions {
  /**
   * Whether the container has a stdin, opened by the session.
   *
   * @default {false}
   */
  readonly stdin?: boolean;
  /**
   * Whether the container has a terminal.
   *
   * @default {false}
   */
  readonly tty?: boolean;
  /** The terminal's first size; only with `tty`. */
  readonly size?: TerminalSize;
  /**
   * Milliseconds until the container is started and attached; null for no limit;
   * defaults to the client's `timeout`.
   */
  readonly timeout?: number | null;
}

export const LAUNCH_OPTIONS: Readonly<Record<keyof LaunchOptions, true>> = {
  image: true,
  command: true,
  args: true,
  env: true,
  namespace: true,
  signal: true,
};

export const LAUNCH_STREAM_OPTIONS: Readonly<
  Record<keyof LaunchStreamOptions, true>
> = { ...LAUNCH_OPTIONS, stdin: true, tty: true, size: true, timeout: true };

/** The fields of a container that the options set. */
export interface LaunchedContainer {
  readonly image: string;
  readonly command: string[] | undefined;
  readonly args: string[] | undefined;
  readonly env: { name: string; value: string }[] | undefined;
}

/**
 * Checks what runs in the container.
 *
 * @throws {TypeError} An option is invalid.
 */
export function launchedContainer(
  action: string,
  options: LaunchOptions,
): LaunchedContainer {
  const { image, command, args } = options ?? {};
  checkName(action, image, "image");
  const words = (value: unknown, what: string) =>
    value === undefined ? undefined : [...checkWords(action, value, what)];
  const env = checkTexts(action, options.env, "env");
  return {
    image,
    command: words(command, "command"),
    args: words(args, "args"),
    env: env &&
      Object.entries(env).map(([name, value]) => ({ name, value })),
  };
}

/**
 * The environment of a container of which a part was given as an object of
 * Kubernetes; that of the option `env` counts above it.
 *
 * @returns Undefined if it is empty.
 * @throws {TypeError} That part is no list.
 */
export function joinedEnv(
  action: string,
  given: readonly EnvVar[] | null | undefined,
  own: LaunchedContainer["env"],
): EnvVar[] | undefined {
  const list: unknown = given ?? [];
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot ${action}: env in spec must be an array`);
  }
  const isOwn = (name?: string) => own?.some((it) => it.name === name);
  const others = (list as EnvVar[]).filter((it) => !isOwn(it?.name));
  const env = [...others, ...own ?? []];
  return env.length > 0 ? env : undefined;
}

/** What a session with the container opens. */
export interface LaunchedChannels {
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly size: TerminalSize | undefined;
}

/**
 * Checks the channels.
 *
 * @throws {TypeError | RangeError} One of them is invalid.
 */
export function launchedChannels(
  action: string,
  { stdin = false, tty = false, size }: LaunchStreamOptions,
): LaunchedChannels {
  checkFlag(action, stdin, "stdin");
  checkFlag(action, tty, "tty");
  if (size !== undefined) {
    if (!tty) throw new TypeError(`Cannot ${action}: a size needs a tty`);
    checkTerminalSize(size);
  }
  return { stdin, tty, size: size && { ...size } };
}

/** @throws {TypeError} It is no boolean. */
export function checkFlag(action: string, value: unknown, what: string): void {
  if (typeof value === "boolean") return;
  throw new TypeError(
    `Cannot ${action}: ${what} must be true or false, not a ${typeof value}`,
  );
}

/** @throws {TypeError} It is no text, or empty. */
export function checkName(
  action: string,
  value: unknown,
  what: string,
): void {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(
      `Cannot ${action}: ${what} must be a non-empty string`,
    );
  }
  checkUnicode(value, action, what);
}

/**
 * Checks an object of texts, and leaves out what is undefined.
 *
 * @throws {TypeError} It is none.
 */
export function checkTexts(
  action: string,
  value: unknown,
  what: string,
): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  checkObject(action, value, what);
  const given = Object.entries(value as object);
  const entries = given.filter(([, text]) => text !== undefined);
  for (const [name, text] of entries) {
    const field = `${what}[${JSON.stringify(name)}]`;
    if (typeof text !== "string") {
      throw new TypeError(
        `Cannot ${action}: ${field} is a ${typeof text}, not a string`,
      );
    }
    checkUnicode(text, action, field);
  }
  return Object.fromEntries(entries);
}

/** @throws {TypeError} It cannot be sent. */
export function checkJson(action: string, value: unknown, what: string): void {
  try {
    JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(`Cannot ${action}: ${what} cannot be sent as JSON`, {
      cause,
    });
  }
}

/** @throws {TypeError} It is no object. */
export function checkObject(
  action: string,
  value: unknown,
  what: string,
): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return;
  }
  throw new TypeError(`Cannot ${action}: ${what} must be an object`);
}

/** The characters of names that the API server generates: no vowels, no 0 or 1. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** A random suffix of a name. */
export function randomSuffix(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("");
}
