import { checkUnicode } from "../bytes.ts";
import type { OptionNames } from "../options.ts";
import { checkCwd, checkedEnv, shellCommand } from "./shell_command.ts";

/**
 * What an exec runs. Without `cwd` and `env` no shell is involved. With them
 * `sh` of the container sets both and becomes the command, whose words stay as
 * they are, and so does its exit code. `sh` itself exits with 125 when it cannot
 * do so, with 126 or 127 when it cannot start the command, and says why on
 * stderr. A container without `sh` is a `ShellNotFoundError`.
 */
export interface CommandOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /**
   * The working directory, by `sh`; a relative one is below the container's. If
   * it does not exist, the exit code is 125.
   */
  readonly cwd?: string;
  /**
   * Environment variables to set, by `sh`, besides the container's. Undefined
   * values are left out.
   *
   * **Not for secrets**: like the command they are part of the request's URL,
   * which API servers write into their audit logs, and proxies into theirs.
   * Send a secret through stdin, or mount it.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The names of the options, for `checkOptions`. */
export const COMMAND_OPTIONS: OptionNames<CommandOptions> = {
  command: true,
  cwd: true,
  env: true,
};

/** The words to send. */
export interface PreparedCommand {
  readonly command: readonly string[];
  /** Whether `sh` starts the command. */
  readonly usesShell: boolean;
}

/**
 * Checks a command and its settings.
 *
 * @param action What is done, for messages: "Cannot {action}: ...".
 * @param announcement A word that `sh` is to announce the process with.
 * @throws {TypeError} One of them is invalid.
 */
export function preparedCommand(
  action: string,
  options: CommandOptions | undefined,
  announcement?: string,
): PreparedCommand {
  const command = checkWords(action, options?.command, "command");
  const { cwd } = options ?? {};
  checkCwd(action, cwd);
  const env = checkedEnv(action, options?.env);
  const usesShell = [cwd, env, announcement].some((it) => it !== undefined);
  return usesShell
    ? {
      command: shellCommand(command, { cwd, env, announcement }),
      usesShell,
    }
    : { command, usesShell };
}

/**
 * Checks the words of a command.
 *
 * @param name The name of the option.
 * @throws {TypeError} It is no array of strings, or empty.
 */
export function checkWords(
  action: string,
  words: unknown,
  name: string,
): readonly string[] {
  if (!Array.isArray(words)) {
    const hint = typeof words === "string"
      ? `; for a shell line use ["sh", "-c", line]`
      : "";
    throw new TypeError(
      `Cannot ${action}: ${name} must be an array of strings${hint}`,
    );
  }
  if (words.length === 0) {
    throw new TypeError(`Cannot ${action}: ${name} is empty`);
  }
  for (const [index, word] of words.entries()) {
    const what = `${name}[${index}]`;
    if (typeof word !== "string") {
      throw new TypeError(
        `Cannot ${action}: ${what} is a ${typeof word}, not a string`,
      );
    }
    checkUnicode(word, action, what);
  }
  return [...words];
}
