/** The commands of the program. */
export const COMMANDS = ["exec", "attach", "logs"] as const;

/** One of {@linkcode COMMANDS}. */
export type CommandName = typeof COMMANDS[number];

/** One flag, named as kubectl names it. */
export interface Flag {
  /** A letter, for those that have one. */
  readonly short?: string;
  /** What its value is called; without one it is on or off. */
  readonly value?: string;
  /** The commands that take it; all unless said. */
  readonly of?: readonly CommandName[];
  /** What it does, for the help. */
  readonly about: string;
}

const SESSIONS = ["exec", "attach"] as const;
const LOGS = ["logs"] as const;

/** Every flag, in the order of the help. */
export const FLAGS = {
  stdin: { short: "i", of: SESSIONS, about: "Pass stdin to the container" },
  tty: {
    short: "t",
    of: SESSIONS,
    about: "Use a terminal, if stdin is one; only with -i",
  },
  quiet: {
    short: "q",
    of: SESSIONS,
    about: "Print only what the container writes, and errors",
  },
  follow: {
    short: "f",
    of: LOGS,
    about: "Go on with what is written from now on",
  },
  previous: {
    short: "p",
    of: LOGS,
    about: "Print the log from before the last restart",
  },
  tail: {
    value: "LINES",
    of: LOGS,
    about: "Print only the last so many lines; all unless said",
  },
  since: {
    value: "DURATION",
    of: LOGS,
    about: "Print only what is newer, such as 5s, 2m or 3h",
  },
  "since-time": {
    value: "TIME",
    of: LOGS,
    about: "Print only what was written then (RFC 3339) or later",
  },
  timestamps: { of: LOGS, about: "Begin each line with its time" },
  "limit-bytes": {
    value: "BYTES",
    of: LOGS,
    about: "Print at most so many bytes; all unless said",
  },
  container: {
    short: "c",
    value: "NAME",
    about: "The container; else the pod's default, or its first",
  },
  namespace: {
    short: "n",
    value: "NAME",
    about: "The namespace; else that of the context",
  },
  context: { value: "NAME", about: "The context; else the current one" },
  kubeconfig: {
    value: "FILE",
    about: "The kubeconfig; else KUBECONFIG, or ~/.kube/config",
  },
  help: { short: "h", about: "Print this" },
} as const satisfies Readonly<Record<string, Flag>>;

/** The name of a flag. */
export type FlagName = keyof typeof FLAGS;

/** A flag's properties, whichever it is. */
export function flagOf(name: FlagName): Flag {
  return FLAGS[name];
}

/** The flags that a command takes, in the order of the help. */
export function flagsOf(command: CommandName): FlagName[] {
  return (Object.keys(FLAGS) as FlagName[])
    .filter((name) => flagOf(name).of?.includes(command) ?? true);
}
