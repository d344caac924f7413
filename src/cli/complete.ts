// What may follow on a command line, for the scripts of `podwire completion`.
import {
  commandIn,
  type CommandLine,
  parseCommandLine,
  tokenize,
} from "./command_line.ts";
import {
  type CommandName,
  COMMANDS,
  type FlagName,
  flagOf,
  FLAGS,
  flagsOf,
} from "./flags.ts";
import type { Candidate, Completion, Sources } from "./completion.ts";
import { helpFor } from "./help.ts";
import { print } from "./messages.ts";

const FILES: Completion = { candidates: [], files: true };
const NOTHING: Completion = { candidates: [], files: false };

/** The flags whose value is a file's name. */
const FILE_FLAGS: readonly FlagName[] = [
  "filename",
  "kubeconfig",
  "certificate-authority",
  "client-certificate",
  "client-key",
];

/** The values of flags that are always the same. */
const VALUES: Partial<Record<FlagName, readonly string[]>> = {
  address: ["localhost", "0.0.0.0"],
  output: ["json"],
  profile: ["general", "baseline", "restricted", "netadmin", "sysadmin"],
  "image-pull-policy": ["Always", "IfNotPresent", "Never"],
  restart: ["Never"],
  v: ["6", "7", "8", "9"],
};

/**
 * `podwire __complete WORDS...`: prints what may stand in the place of the last
 * word. The first line is `files` if local files may, too, `nospace` if the word
 * goes on behind the candidate, else `words`. Then each candidate has a line,
 * with a tab before its description. It never fails: without a cluster there are
 * no pods.
 */
export async function complete(words: readonly string[]): Promise<number> {
  const { clusterSources } = await import("./completion_sources.ts");
  const { candidates, files } = await completionFor(words, clusterSources);
  const goesOn = candidates.length > 0 &&
    candidates.every(({ word }) => /[/:=]$/.test(word));
  const lines = [
    [files ? "files" : "words", goesOn ? "nospace" : ""].join(" ").trim(),
    ...candidates.map(({ word, description = "" }) =>
      description === "" ? word : `${word}\t${description.replace(/\s+/g, " ")}`
    ),
  ];
  await print("stdout", lines.map((line) => `${line}\n`).join(""));
  return 0;
}

/** What may stand in the place of the last of `words`. */
export async function completionFor(
  words: readonly string[],
  sources: Sources,
): Promise<Completion> {
  const before = words.slice(0, -1);
  const word = unquoted(words.at(-1) ?? "");
  try {
    const { candidates, files } = await find(before, word, sources);
    const fitting = candidates.filter((it) =>
      // Control characters would be taken as keys by some shells.
      // deno-lint-ignore no-control-regex
      it.word.startsWith(word) && !/[\0-\x1f\x7f-\x9f]/.test(it.word)
    );
    return { candidates: fitting, files };
  } catch {
    return NOTHING;
  }
}

/** A shell passes a word as it is written. */
function unquoted(word: string): string {
  return word.replace(/\\(.)|["']/g, "$1");
}

async function find(
  before: readonly string[],
  word: string,
  sources: Sources,
): Promise<Completion> {
  const command = commandIn(before);
  const tokens = tokenize(before, command);
  const end = tokens.find(({ kind }) => kind === "option-terminator");
  const last = tokens.at(-1);
  if (end !== undefined) return FILES;
  if (last?.kind === "option" && isFlag(last.name)) {
    const misses = last.value === undefined &&
      flagOf(last.name).value !== undefined;
    if (misses) {
      const line = () => parseCommandLine(before.slice(0, -1));
      return await valuesOf(last.name, line, sources);
    }
  }
  const line = () => parseCommandLine(before);
  const [, name = "", inline] = /^--([^=]+)(=)/.exec(word) ?? [];
  if (inline !== undefined && isFlag(name)) {
    const { candidates, files } = await valuesOf(name, line, sources);
    const prefixed = candidates.map(({ word, description }) => ({
      word: `--${name}=${word}`,
      description,
    }));
    return { candidates: prefixed, files };
  }
  if (word.startsWith("-")) return words(flagWords(command));
  const [first, ...positionals] = tokens.flatMap((it) =>
    it.kind === "positional" ? [it.value] : []
  );
  if (command === null) {
    const isHelp = first === "help";
    return first === undefined || isHelp
      ? words(commandWords(isHelp))
      : NOTHING;
  }
  return await argumentOf(command, positionals, word, line, sources);
}

async function argumentOf(
  command: CommandName,
  positionals: readonly string[],
  word: string,
  line: () => CommandLine,
  sources: Sources,
): Promise<Completion> {
  const [target] = positionals;
  switch (command) {
    case "version":
    case "run":
      return NOTHING;
    case "completion":
      return target === undefined
        ? words(["bash", "zsh", "fish"].map((word) => ({ word })))
        : NOTHING;
    case "cp": {
      if (positionals.length > 1) return NOTHING;
      const isLocal = /^[./~]/.test(word) || target?.includes(":");
      if (isLocal) return FILES;
      const candidates = await sources.copyPaths(line(), word);
      return { candidates, files: !word.includes(":") };
    }
    default:
  }
  if (target === undefined) return words(await sources.targets(line(), word));
  if (command === "logs" && positionals.length === 1) {
    return words(await sources.containers(line(), target));
  }
  if (command !== "port-forward") return NOTHING;
  const ports = await sources.ports(line(), target);
  const local = /^[^:]*:/.exec(word)?.[0] ?? "";
  return words(ports.map((it) => ({ ...it, word: `${local}${it.word}` })));
}

async function valuesOf(
  flag: FlagName,
  line: () => CommandLine,
  sources: Sources,
): Promise<Completion> {
  if (FILE_FLAGS.includes(flag)) return FILES;
  switch (flag) {
    case "namespace":
      return words(await sources.namespaces(line()));
    case "context":
      return words(await sources.contexts(line()));
    case "cluster":
      return words(await sources.clusters(line()));
    case "user":
      return words(await sources.users(line()));
    case "container":
      // That of debug is a new one.
      if (line().command === "debug") return NOTHING;
      return words(await containersFor(line(), sources));
    case "target":
      return words(await containersFor(line(), sources));
    default:
      return words((VALUES[flag] ?? []).map((word) => ({ word })));
  }
}

async function containersFor(
  line: CommandLine,
  sources: Sources,
): Promise<Candidate[]> {
  const { command, positionals } = line;
  if (command !== "cp") {
    return await sources.containers(line, positionals[0] ?? "");
  }
  const path = positionals.find((it) => it.includes(":")) ?? "";
  return await sources.containers(line, path.slice(0, path.indexOf(":")));
}

function commandWords(isHelp: boolean): Candidate[] {
  const all = COMMANDS.map((word) => ({
    word,
    description: helpFor(word).split("\n", 1)[0]!.slice(0, -1),
  }));
  return isHelp ? all : [...all, { word: "help", description: "Print help" }];
}

function flagWords(command: CommandName | null): Candidate[] {
  const names = command === null
    ? (Object.keys(FLAGS) as FlagName[])
      .filter((name) => flagOf(name).commands === undefined)
    : flagsOf(command);
  return names.flatMap((name) => {
    const { short, of = {}, ...flag } = flagOf(name);
    const own = command === null ? undefined : of[command];
    const description = own ?? flag.description;
    const long = { word: `--${name}`, description };
    // -v is not written --v.
    return name === short ? [{ ...long, word: `-${name}` }] : [long];
  });
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

function words(candidates: readonly Candidate[]): Completion {
  return { candidates, files: false };
}
