/** The program's commands. */
export const COMMANDS = [
  "exec",
  "attach",
  "logs",
  "cp",
  "port-forward",
  "debug",
  "run",
  "version",
  "completion",
] as const;

/** One of {@linkcode COMMANDS}. */
export type CommandName = typeof COMMANDS[number];

/** A command for a pod. */
export type PodCommand = Exclude<CommandName, "version" | "completion">;

/** One flag, named as in kubectl. */
export interface Flag {
  /** The one-letter form, if there is one. */
  readonly short?: string;
  /** The placeholder of the value in the help; a switch has none. */
  readonly value?: string;
  /** The commands that take the flag; defaults to all. */
  readonly commands?: readonly CommandName[];
  /** One line for the help. */
  readonly description: string;
  /** Another line, of a command for which the flag means something else. */
  readonly of?: Readonly<Partial<Record<CommandName, string>>>;
  /** Only the program's help has it, not that of each command. */
  readonly rare?: true;
}

const SESSIONS = ["exec", "attach", "debug", "run"] as const;
const EXEC = ["exec"] as const;
const CP = ["cp"] as const;
const LOGS = ["logs"] as const;
const CONTAINERS = ["exec", "attach", "logs", "cp", "debug"] as const;
const VERSION = ["version"] as const;
const PORT_FORWARD = ["port-forward"] as const;
const TIMED = [
  "exec",
  "attach",
  "logs",
  "port-forward",
  "debug",
  "run",
] as const;
const DEBUG = ["debug"] as const;
const RUN = ["run"] as const;
const LAUNCHES = ["debug", "run"] as const;

/** Every flag, in the order of the help. */
export const FLAGS = {
  stdin: {
    short: "i",
    commands: SESSIONS,
    description: "Pass stdin to the container",
  },
  tty: {
    short: "t",
    commands: SESSIONS,
    description: "Allocate a TTY; needs -i, and a terminal",
  },
  quiet: {
    short: "q",
    commands: SESSIONS,
    description: "Only print the session's output, and errors",
  },
  filename: {
    short: "f",
    value: "FILE",
    commands: EXEC,
    description: "Manifest of the object to exec in; - is stdin",
  },
  follow: {
    short: "f",
    commands: LOGS,
    description: "Stream the log until the container ends",
  },
  previous: {
    short: "p",
    commands: LOGS,
    description: "Logs of the container's previous instance",
  },
  tail: {
    value: "LINES",
    commands: LOGS,
    description: "Number of recent lines to print; default: all",
  },
  since: {
    value: "DURATION",
    commands: LOGS,
    description: "Only print logs newer than this, as 5s or 3h",
  },
  "since-time": {
    value: "TIME",
    commands: LOGS,
    description: "Only print logs after a date (RFC 3339)",
  },
  timestamps: {
    commands: LOGS,
    description: "Include a timestamp on each line",
  },
  "limit-bytes": {
    value: "BYTES",
    commands: LOGS,
    description: "Maximum bytes to print; defaults to no limit",
  },
  selector: {
    short: "l",
    value: "SELECTOR",
    commands: LOGS,
    description: "Logs of all pods with labels, like app=web",
  },
  "all-pods": {
    commands: LOGS,
    description: "Logs of all pods of TYPE/NAME, with --prefix",
  },
  "all-containers": {
    commands: LOGS,
    description: "Logs of all containers, also init ones",
  },
  prefix: {
    commands: LOGS,
    description: "Begin each line with its pod and container",
  },
  "ignore-errors": {
    commands: LOGS,
    description: "Go on with the others when a log fails",
  },
  "max-log-requests": {
    value: "COUNT",
    commands: LOGS,
    description: "Most logs that -f reads; no limit by default",
  },
  address: {
    value: "LIST",
    commands: PORT_FORWARD,
    description: "IPs to listen at, or localhost, with commas",
  },
  "no-preserve": {
    commands: CP,
    description: "Leave out times, and who else may write",
  },
  retries: {
    value: "COUNT",
    commands: CP,
    description: "Go on so often with a copy that broke; -1: ever",
  },
  image: {
    value: "IMAGE",
    commands: LAUNCHES,
    description: "Image of the new container",
  },
  target: {
    value: "NAME",
    commands: DEBUG,
    description: "Container whose processes to see",
  },
  profile: {
    value: "NAME",
    commands: DEBUG,
    description: "Its rights: general, baseline, restricted, ...",
  },
  attach: {
    commands: LAUNCHES,
    description: "Attach to the container; the default with -i",
  },
  rm: {
    commands: RUN,
    description: "Delete the pod when the session ends",
  },
  command: {
    commands: RUN,
    description: "What follows -- replaces the entrypoint",
  },
  "arguments-only": {
    commands: DEBUG,
    description: "What follows -- is for the entrypoint",
  },
  env: {
    value: "NAME=VALUE",
    commands: LAUNCHES,
    description: "Environment variable; may be repeated",
  },
  labels: {
    short: "l",
    value: "LIST",
    commands: RUN,
    description: "Labels of the pod, as app=web,tier=front",
  },
  annotations: {
    value: "NAME=VALUE",
    commands: RUN,
    description: "Annotation of the pod; may be repeated",
  },
  "image-pull-policy": {
    value: "POLICY",
    commands: LAUNCHES,
    description: "Always, IfNotPresent or Never",
  },
  privileged: {
    commands: RUN,
    description: "Run the container in privileged mode",
  },
  restart: {
    value: "POLICY",
    commands: RUN,
    description: "Only Never, which is the default",
  },
  overrides: {
    value: "JSON",
    commands: RUN,
    description: "Further fields of the pod's metadata and spec",
  },
  container: {
    short: "c",
    value: "NAME",
    commands: CONTAINERS,
    description: "Container; by default the annotated or first",
    of: { debug: "Name of the new container" },
  },
  client: {
    commands: VERSION,
    description: "Only the version of this program; no request",
  },
  output: {
    short: "o",
    value: "json",
    commands: VERSION,
    description: "Format; by default lines of text",
  },
  namespace: {
    short: "n",
    value: "NAME",
    description: "Namespace; defaults to that of the context",
  },
  "pod-running-timeout": {
    value: "TIME",
    commands: TIMED,
    description: "How long to wait for a first pod, as 20s or 1m",
    of: {
      debug: "How long the start may take, as 20s or 5m",
      run: "How long the start may take, as 20s or 5m",
    },
  },
  context: {
    value: "NAME",
    description: "Kubeconfig context; defaults to current",
  },
  kubeconfig: {
    value: "FILE",
    description: "Kubeconfig; KUBECONFIG or ~/.kube/config",
  },
  server: {
    short: "s",
    value: "URL",
    rare: true,
    description: "Address of the API server",
  },
  cluster: {
    value: "NAME",
    rare: true,
    description: "Cluster of the kubeconfig",
  },
  user: {
    value: "NAME",
    rare: true,
    description: "User of the kubeconfig",
  },
  token: {
    value: "TOKEN",
    rare: true,
    description: "Bearer token; other users here can see it",
  },
  as: {
    value: "NAME",
    rare: true,
    description: "User to impersonate",
  },
  "as-group": {
    value: "NAME",
    rare: true,
    description: "Group to impersonate; may be repeated",
  },
  "as-uid": {
    value: "UID",
    rare: true,
    description: "UID to impersonate",
  },
  "as-user-extra": {
    value: "NAME=VALUE",
    rare: true,
    description: "Field to impersonate; may be repeated",
  },
  "certificate-authority": {
    value: "FILE",
    rare: true,
    description: "Authority of the server's certificate",
  },
  "client-certificate": {
    value: "FILE",
    rare: true,
    description: "Client certificate, with --client-key",
  },
  "client-key": {
    value: "FILE",
    rare: true,
    description: "Key of the client certificate",
  },
  "insecure-skip-tls-verify": {
    rare: true,
    description: "Accept any certificate of the server",
  },
  "tls-server-name": {
    value: "NAME",
    rare: true,
    description: "Name in the server's certificate",
  },
  "request-timeout": {
    value: "TIME",
    rare: true,
    description: "How long to wait for an answer, as 5s",
  },
  v: {
    short: "v",
    value: "LEVEL",
    rare: true,
    description: "Log: 6 answers, 7 and 8 headers, 9 as curl",
  },
  help: { short: "h", description: "Print this help" },
  version: { description: "Print the version of podwire" },
} as const satisfies Readonly<Record<string, Flag>>;

/** The long name of a flag. */
export type FlagName = keyof typeof FLAGS;

/** The definition of a flag. */
export function flagOf(name: FlagName): Flag {
  return FLAGS[name];
}

/** The flags that a command takes, in the order of the help. */
export function flagsOf(command: CommandName): FlagName[] {
  return (Object.keys(FLAGS) as FlagName[])
    .filter((name) => flagOf(name).commands?.includes(command) ?? true);
}
