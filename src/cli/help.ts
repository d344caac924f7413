import {
  type CommandName,
  COMMANDS,
  type FlagName,
  flagOf,
  FLAGS,
  flagsOf,
} from "./flags.ts";

interface CommandHelp {
  readonly usage: string;
  readonly summary: string;
  readonly details: string;
  readonly examples: readonly string[];
}

const COMMAND_HELP: Readonly<Record<CommandName, CommandHelp>> = {
  exec: {
    usage:
      "exec (POD | -f FILE) [-i] [-t] [-c NAME] [flags] -- COMMAND [ARGS...]",
    summary: "Execute a command in a container",
    details: "Exits with the command's exit code, or 1 if it is unknown.",
    examples: [
      "exec -it web-0 -- sh",
      "exec web-0 -c main -- ls -la /",
      "exec deploy/web -- env",
      "exec -f deployment.yaml -- env",
      "exec -i web-0 -- tar x -C /srv < files.tar",
    ],
  },
  attach: {
    usage: "attach POD [-i] [-t] [-c NAME] [flags]",
    summary: "Attach to the main process of a container",
    details: "With -it, ctrl-p ctrl-q detaches. Exits with 0 after detaching " +
      "and when the\nprocess succeeds.",
    examples: ["attach -it web-0", "attach sts/db"],
  },
  logs: {
    usage: "logs (POD | -l SELECTOR) [CONTAINER] [-f] [-p] [flags]",
    summary: "Print the logs of a container",
    details:
      "With -f, streams new output until the container ends; of several " +
      "pods, also of\nthose that come later.",
    examples: [
      "logs web-0 --tail=20",
      "logs deploy/web",
      "logs -f --since=1h --timestamps web-0",
      "logs -f -l app=web --all-containers --prefix",
    ],
  },
  cp: {
    usage: "cp SOURCE DESTINATION [-c NAME] [flags]",
    summary: "Copy files and directories to and from a container",
    details: "One side is [NAMESPACE/]POD:PATH, the other a path here. A " +
      "destination in the\npod that is a directory gets the source under its " +
      "name; a directory here is\nmerged into. Whole or not at all: each file " +
      "is checked before it gets its name.",
    examples: [
      "cp web-0:/var/log ./log",
      "cp ./site web-0:/srv",
      "cp -c main team/web-0:/etc/hosts hosts",
    ],
  },
  "port-forward": {
    usage: "port-forward POD [LOCAL:]REMOTE... [--address LIST] [flags]",
    summary: "Forward local ports to a pod",
    details:
      "REMOTE is a number or a name, with a service of its ports. Without LOCAL " +
      "it is\nthe same, with :REMOTE any free port. Listens at localhost. Each " +
      "connection\nfinds the pod anew, so it goes on after a rollout; ctrl-c " +
      "ends it, with 0.",
    examples: [
      "port-forward web-0 8080",
      "port-forward deploy/web 8080:80 :9090",
      "port-forward svc/web 8443:https",
      "port-forward --address localhost,10.0.0.5 web-0 8080:80",
    ],
  },
  debug: {
    usage: "debug POD --image IMAGE [-i] [-t] [flags] [-- COMMAND [ARGS...]]",
    summary: "Add a container to a pod, to look inside",
    details: "Exits with the container's exit code. The container cannot be " +
      "removed: it stays\nin the pod until that is deleted, but its process " +
      "ends. Without -i or --attach\nit is only started.",
    examples: [
      "debug -it web-0 --image busybox --target main",
      "debug -it web-0 --image nicolaka/netshoot --profile netadmin -- bash",
      "debug --attach deploy/web --image busybox -- ps",
    ],
  },
  run: {
    usage: "run [NAME] --image IMAGE [-i] [-t] [--rm] [flags] [-- ARGS...]",
    summary: "Run an image in a pod of its own",
    details: "Exits with the container's exit code. With --rm the pod is " +
      "deleted, whatever\nhappens. Without -i or --attach it is only created. " +
      "ARGS are for the image's\nentrypoint, or instead of it with --command.",
    examples: [
      "run --rm -it --image busybox -- sh",
      "run --rm --attach job --image busybox --command -- date",
      "run web --image nginx --labels app=web",
    ],
  },
  version: {
    usage: "version [--client] [-o json] [flags]",
    summary: "Print the versions of this program and of the server",
    details: "Without a server it prints its own, and exits with 1.",
    examples: ["version", "version --client -o json"],
  },
  completion: {
    usage: "completion bash|zsh|fish",
    summary: "Print a script with which a shell completes podwire's words",
    details:
      "It asks this program for commands, flags, namespaces, contexts, " +
      "pods,\ncontainers, ports, and for files of containers, by ls.",
    examples: [
      "completion bash > /etc/bash_completion.d/podwire",
      'completion zsh > "${fpath[1]}/_podwire"',
      "completion fish > ~/.config/fish/completions/podwire.fish",
    ],
  },
};

/** The commands whose first argument is a POD. */
const FOR_PODS: readonly CommandName[] = [
  "exec",
  "attach",
  "logs",
  "port-forward",
  "debug",
];

const POD =
  "POD is the name of a pod, or TYPE/NAME: a pod, deployment, replicaset,\n" +
  "statefulset, daemonset, job, service or replicationcontroller, also by its\n" +
  "short name (deploy/web). Of several pods it takes the one kubectl takes.";

/** The help for one command, or for the program if `command` is null. */
export function helpFor(command: CommandName | null): string {
  return command === null ? programHelp() : commandHelp(command);
}

function programHelp(): string {
  const commands = COMMANDS.map((name): Row => [
    name,
    COMMAND_HELP[name].summary,
  ]);
  const shared = (Object.keys(FLAGS) as FlagName[])
    .filter((name) => flagOf(name).commands === undefined);
  return sections([
    "Runs commands in the containers of a Kubernetes cluster, prints logs, copies\n" +
    "files, forwards ports, and starts containers to look inside.",
    `Usage:\n  podwire COMMAND [flags]`,
    `Commands:\n${table(commands)}`,
    `Flags of all commands:\n${table(shared.map((flag) => flagRow(flag)))}`,
    'Use "podwire COMMAND --help" for the flags of a command.',
  ]);
}

function commandHelp(name: CommandName): string {
  const { usage, summary, details, examples } = COMMAND_HELP[name];
  const listed = flagsOf(name).filter((flag) => !flagOf(flag).rare);
  return sections([
    `${summary}.\n${details}${FOR_PODS.includes(name) ? `\n${POD}` : ""}`,
    `Usage:\n  podwire ${usage}`,
    `Examples:\n${examples.map((line) => `  podwire ${line}`).join("\n")}`,
    `Flags:\n${table(listed.map((flag) => flagRow(flag, name)))}`,
    'Use "podwire --help" for the flags of all commands.',
  ]);
}

type Row = readonly [name: string, description: string];

function flagRow(name: FlagName, command?: CommandName): Row {
  const { short, value, ...texts } = flagOf(name);
  const own = command === undefined ? undefined : texts.of?.[command];
  const description = own ?? texts.description;
  const prefix = short === undefined ? "    " : `-${short}, `;
  const suffix = value === undefined ? "" : ` ${value}`;
  return [`${prefix}--${name}${suffix}`, description];
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, description]) => `  ${name.padEnd(width)}  ${description}`)
    .join("\n");
}

function sections(parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}
