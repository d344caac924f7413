// Commands that a shell of the container prepares: `sh` sets the directory and
// the variables, then becomes the command.
import { checkUnicode } from "../bytes.ts";

/** What `sh` does before the command. */
export interface ShellSetting {
  /** The working directory; undefined: the container's. */
  readonly cwd?: string | undefined;
  /** Variables to add, or to set anew. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * A word that nothing else prints: `sh` writes it to stderr, followed by the
   * process's identity; see {@linkcode announcedProcess}.
   */
  readonly announcement?: string | undefined;
}

/** A process in a container. */
export interface RemoteProcess {
  /** In the container's PID namespace; also its group, where it leads one. */
  readonly pid: string;
  /** When it was started, as in `/proc/PID/stat`; empty if there is no `/proc`. */
  readonly startTime: string;
}

/** The exit code of a setting that fails, as of `env`, `chroot` and `nohup`. */
const SETTING_FAILED = 125;

/**
 * The words of a command that `sh` prepares. The command's own words and the
 * values are parameters of the script, never part of its text.
 */
export function shellCommand(
  command: readonly string[],
  { cwd, env = {}, announcement }: ShellSetting,
): string[] {
  const values: string[] = [];
  const lines: string[] = [];
  const parameter = (value: string) => `"\${${values.push(value)}}"`;
  // Before the variables are set: IFS is one that changes how the shell splits.
  if (announcement !== undefined) lines.push(announce(announcement));
  if (cwd !== undefined) {
    // Neither an option nor `-`, and not looked up in CDPATH.
    const path = cwd.startsWith("/") ? cwd : `./${cwd}`;
    lines.push(`cd ${parameter(path)} || exit ${SETTING_FAILED}`);
  }
  const assignments = Object.entries(env)
    .map(([name, value]) => `${name}=${parameter(value)}`);
  if (assignments.length > 0) {
    // As `command export`, a failure does not end the shell with its own code.
    const list = assignments.join(" ");
    lines.push(`command export ${list} || exit ${SETTING_FAILED}`);
  }
  if (values.length > 0) lines.push(`shift ${values.length}`);
  const isDashed = command[0]!.startsWith("-");
  if (announcement !== undefined && !isDashed) lines.push(LEAD_GROUP);
  if (isDashed) {
    // Some shells take it for an option of `exec`, others do not know `--`.
    lines.push('if (exec -- true) 2>/dev/null; then exec -- "$@"; fi');
  }
  lines.push('exec "$@"');
  return ["sh", "-c", lines.join("\n"), "sh", ...values, ...command];
}

/** Writes the process's identity; the 20th field after the name is its start. */
function announce(word: string): string {
  return `podwire_s() { shift 19; podwire_t=$1; }
podwire_t=
{ read -r podwire_l </proc/$$/stat && podwire_s \${podwire_l##*) }; } 2>/dev/null
echo "${word} $$ $podwire_t" >&2`;
}

/**
 * Makes the process the leader of a group, if it is none and the image can:
 * `setsid` keeps the PID then. Most runtimes of containers have done so.
 */
const LEAD_GROUP =
  'kill -0 -$$ 2>/dev/null || ! command -v setsid >/dev/null || exec setsid "$@"';

/** The rest of the line that {@linkcode shellCommand}'s announcement begins. */
export function announcedProcess(line: string): RemoteProcess | null {
  const match = /^ (\d+) (\d*)$/.exec(line);
  if (match === null) return null;
  const [, pid = "", startTime = ""] = match;
  return { pid, startTime };
}

/** A name that a shell can assign to (POSIX, "Name"). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws {TypeError} If `cwd` is given and not a path. */
export function checkCwd(action: string, cwd: unknown): void {
  if (cwd === undefined) return;
  if (typeof cwd !== "string" || cwd === "") {
    throw new TypeError(`Cannot ${action}: cwd must be a non-empty string`);
  }
  checkText(action, cwd, "cwd");
}

/**
 * Checks variables, and leaves out what is undefined.
 *
 * @throws {TypeError} If `env` is no object of strings, or a name is none that a
 * shell can set.
 */
export function checkedEnv(
  action: string,
  env: unknown,
): Record<string, string> | undefined {
  if (env === undefined) return undefined;
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    throw new TypeError(`Cannot ${action}: env must be an object of strings`);
  }
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const what = `env[${JSON.stringify(name)}]`;
    if (!NAME.test(name)) {
      throw new TypeError(
        `Cannot ${action}: ${what} has a name that no shell can set: it must ` +
          `consist of letters, digits and "_"; use ["env", "NAME=VALUE", ...]`,
      );
    }
    if (typeof value !== "string") {
      throw new TypeError(
        `Cannot ${action}: ${what} is a ${typeof value}, not a string`,
      );
    }
    checkText(action, value, what);
    checked[name] = value;
  }
  return Object.keys(checked).length > 0 ? checked : undefined;
}

/** The system ends a word at a NUL. */
function checkText(action: string, text: string, what: string): void {
  checkUnicode(text, action, what);
  if (text.includes("\0")) {
    throw new TypeError(`Cannot ${action}: ${what} contains a NUL character`);
  }
}

/**
 * Whether a runtime of containers says that `sh` does not exist in the image:
 * containerd and cri-o with runc (`exec: "sh": executable file not found in
 * $PATH`), crun (``executable file `sh` not found``), kata (`the file sh was not
 * found`).
 */
export function saysShellIsMissing(text: string): boolean {
  return /(?:exec:|file) \\?["'`]?sh\\?["'`]?:? .*(?:not found|no such file)/i
    .test(text);
}
