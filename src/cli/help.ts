import {
  type CommandName,
  COMMANDS,
  type FlagName,
  flagOf,
  FLAGS,
  flagsOf,
} from "./flags.ts";

/** What the help says of a command. */
interface Description {
  readonly usage: string;
  readonly about: string;
  readonly more: string;
  readonly examples: readonly string[];
}

const DESCRIPTIONS: Readonly<Record<CommandName, Description>> = {
  exec: {
    usage: "exec POD [-i] [-t] [-c NAME] [flags] -- COMMAND [ARGS...]",
    about: "Run a command in a container",
    more: "It exits with the command's exit code, and with 1 if that is " +
      "unknown.",
    examples: [
      "exec -it web-0 -- sh",
      "exec web-0 -c main -- ls -la /",
      "exec -i web-0 -- tar x -C /srv < files.tar",
    ],
  },
  attach: {
    usage: "attach POD [-i] [-t] [-c NAME] [flags]",
    about: "Join the main process of a container",
    more: "With -it, ctrl-p ctrl-q leaves it running. It exits with 0 if the " +
      "process\nwas left or ended well.",
    examples: ["attach -it web-0"],
  },
  logs: {
    usage: "logs POD [CONTAINER] [-f] [-p] [flags]",
    about: "Print the log of a container",
    more: "It ends with the log, or with the container if it follows.",
    examples: [
      "logs web-0 --tail=20",
      "logs -f --since=1h --timestamps web-0",
    ],
  },
};

const POD = "POD is the name of a pod, or pod/NAME.";

/** The help for the program, or for one of its commands. */
export function helpFor(command: CommandName | null): string {
  return command === null ? programHelp() : commandHelp(command);
}

function programHelp(): string {
  const commands = COMMANDS.map((name): Row => [
    name,
    DESCRIPTIONS[name].about,
  ]);
  const shared = (Object.keys(FLAGS) as FlagName[])
    .filter((name) => flagOf(name).of === undefined);
  return sections([
    "Sessions with the containers of a Kubernetes cluster, and their logs.",
    `Usage:\n  podwire COMMAND [flags]`,
    `Commands:\n${table(commands)}`,
    `Flags of every command:\n${table(shared.map(flagRow))}`,
    "podwire COMMAND --help tells of the others.",
  ]);
}

function commandHelp(name: CommandName): string {
  const { usage, about, more, examples } = DESCRIPTIONS[name];
  return sections([
    `${about}. ${POD}\n${more}`,
    `Usage:\n  podwire ${usage}`,
    `Examples:\n${examples.map((line) => `  podwire ${line}`).join("\n")}`,
    `Flags:\n${table(flagsOf(name).map(flagRow))}`,
  ]);
}

type Row = readonly [name: string, about: string];

function flagRow(name: FlagName): Row {
  const { short, value, about } = flagOf(name);
  const letter = short === undefined ? "    " : `-${short}, `;
  return [`${letter}--${name}${value === undefined ? "" : ` ${value}`}`, about];
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`)
    .join("\n");
}

function sections(parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}
