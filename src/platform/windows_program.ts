/**
 * How Windows finds and starts a program. Pure: tested everywhere.
 *
 * Node and Bun look in the current directory first, know no extension but `.com`
 * and `.exe`, and do not start a batch file, or do so with arguments that may
 * become commands (CVE-2024-27980). Here it is as in Go's `os/exec`, which
 * kubectl uses: the directories of `PATH` alone, and all of `PATHEXT`.
 *
 * @module
 */

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is started for a program. */
export interface WindowsCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the arguments are the command line as it is. */
  readonly isVerbatim: boolean;
}

/** A batch file cannot get an argument as it is. */
export class BatchArgumentError extends Error {
  override name = "BatchArgumentError";
}

/**
 * The command that starts a program.
 *
 * @param isFile Whether there is such a file.
 * @throws An error with the code `ENOENT`, if there is no such program.
 * @throws {BatchArgumentError} It is a batch file, and cannot get the arguments.
 */
export function windowsCommand(
  program: string,
  args: readonly string[],
  env: Environment,
  isFile: (path: string) => boolean,
): WindowsCommand {
  const path = findProgram(program, env, isFile);
  if (path === null) {
    const error = new Error("there is no such program");
    throw Object.assign(error, { code: "ENOENT" });
  }
  if (!/\.(cmd|bat)$/i.test(path)) {
    return { command: path, args, isVerbatim: false };
  }
  // AutoRun off; extensions on; no expansion of `!`; the outer quotes dropped.
  const options = ["/d", "/e:ON", "/v:OFF", "/s", "/c"];
  const words = [quoted(path), ...args.map(batchArgument)];
  return {
    command: systemProgram("cmd.exe", env),
    args: [...options, `"${words.join(" ")}"`],
    isVerbatim: true,
  };
}

/** The path of a program of Windows itself. */
export function systemProgram(name: string, env: Environment): string {
  const root = variable(env, "SystemRoot") || "C:\\Windows";
  return `${root}\\System32\\${name}`;
}

/**
 * The variables of a process and others, which replace its own. On Windows `Path`
 * and `PATH` are one.
 */
export function withVariables(
  env: Environment,
  others: Environment,
  windows: boolean,
): Record<string, string | undefined> {
  if (!windows) return { ...env, ...others };
  const merged = new Map<string, [name: string, value: string | undefined]>();
  for (const pair of [...Object.entries(env), ...Object.entries(others)]) {
    merged.set(pair[0].toUpperCase(), pair);
  }
  return Object.fromEntries(merged.values());
}

/** Splits a list of paths; on Windows a path may be quoted (Go's `SplitList`). */
export function splitPathList(list: string, windows: boolean): string[] {
  if (!windows) return list.split(":");
  const paths: string[] = [];
  let path = "";
  let isQuoted = false;
  for (const character of `${list};`) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character !== ";" || isQuoted) path += character;
    else {
      paths.push(path);
      path = "";
    }
  }
  return paths;
}

/** A program as Go's `LookPath` finds it, but never by a relative directory. */
function findProgram(
  program: string,
  env: Environment,
  isFile: (path: string) => boolean,
): string | null {
  const extensions = (variable(env, "PATHEXT") || ".COM;.EXE;.BAT;.CMD")
    .split(";").filter((it) => it !== "")
    .map((it) => it.startsWith(".") ? it : `.${it}`);
  const isPath = /[:/\\]/.test(program);
  const hasExtension = /\.[^:/\\]*$/.test(program);
  const endings = hasExtension ? ["", ...extensions] : extensions;
  const folders = isPath
    ? [""]
    : splitPathList(variable(env, "PATH") ?? "", true)
      .filter((it) => /^([a-z]:[/\\]|[/\\]{2})/i.test(it))
      .map((it) => it.replace(/[/\\]*$/, "\\"));
  for (const folder of folders) {
    for (const ending of endings) {
      const path = folder + program + ending;
      if (isFile(path)) return path;
    }
  }
  return null;
}

/** Names of variables ignore case. */
function variable(env: Environment, name: string): string | undefined {
  const upper = name.toUpperCase();
  const found = Object.keys(env).find((it) => it.toUpperCase() === upper);
  return found === undefined ? undefined : env[found];
}

/**
 * What `cmd.exe` and the batch file's own commands take as it is: letters,
 * digits and these. Anything else is quoted.
 */
const PLAIN = /^[\w#$*+\-./:?@\\]*[\w#$*+\-./:?@]$/;

/** What quotes do not protect: a variable, a quote, a line. */
// deno-lint-ignore no-control-regex
const UNSAFE = /["%\x00-\x1f]/;

function batchArgument(argument: string): string {
  return PLAIN.test(argument) ? argument : quoted(argument);
}

/** Backslashes at the end are doubled: programs take one for an escape. */
function quoted(word: string): string {
  if (UNSAFE.test(word)) {
    throw new BatchArgumentError(
      'A batch file cannot get a word with ", % or a control character',
    );
  }
  return `"${word.replace(/\\+$/, "$&$&")}"`;
}
