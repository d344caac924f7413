import { parseArgs } from "node:util";
import {
  type CommandName,
  COMMANDS,
  type FlagName,
  flagOf,
  FLAGS,
  flagsOf,
} from "./flags.ts";

/** A problem that the program reports without the name of the error. */
export class CommandError extends Error {
  override name = "CommandError";
}

/** The command line is invalid. */
export class UsageError extends CommandError {
  override name = "UsageError";
  /** The command whose help to refer to; null for the program's. */
  readonly command: CommandName | null;

  constructor(message: string, command: CommandName | null) {
    super(message);
    this.command = command;
  }
}

/** A parsed command line. */
export interface CommandLine {
  /** Null if the command line names none. */
  readonly command: CommandName | null;
  /** The arguments after the command that are not flags. */
  readonly positionals: readonly string[];
  /** The arguments after the first `--`, verbatim; null without one. */
  readonly afterDashes: readonly string[] | null;
  /** Whether a switch is on. */
  has(flag: FlagName): boolean;
  /** The value of a flag; the last one if it is repeated. */
  value(flag: FlagName): string | undefined;
}

type Token = NonNullable<ReturnType<typeof tokenize>>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/**
 * Parses a command line as kubectl does: flags may stand anywhere before `--`,
 * short flags may be combined (`-it`), and `--stdin=false` turns a switch off.
 *
 * @throws {UsageError} The command line is invalid.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const tokens = tokenize(args);
  const end = tokens.find(({ kind }) => kind === "option-terminator");
  const own = tokens.filter(({ index }) => !end || index < end.index);
  const [name, ...positionals] = own.flatMap((token) =>
    token.kind === "positional" ? [token.value] : []
  );
  const options = own.filter((token) => token.kind === "option");
  const wantsHelp = options.some(({ name }) => name === "help");
  const isFlag = name === "help" || name === "version";
  const command = parseCommand(isFlag ? positionals[0] : name);
  const flags = new Map(
    options.map((token) => parseFlag(token, command, wantsHelp)),
  );
  if (isFlag) flags.set(name, "true");
  return {
    command,
    positionals,
    afterDashes: end ? args.slice(end.index + 1) : null,
    has: (flag) => flags.get(flag) === "true",
    value: (flag) => flags.get(flag),
  };
}

/** Not strict: `parseFlag` reports unknown flags in kubectl's words. */
function tokenize(args: readonly string[]) {
  const entries = Object.entries(FLAGS).map(([name, flag]) => {
    const type = "value" in flag ? "string" as const : "boolean" as const;
    return [name, "short" in flag ? { type, short: flag.short } : { type }];
  });
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(entries),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens;
}

function parseCommand(name: string | undefined): CommandName | null {
  if (name === undefined) return null;
  const command = COMMANDS.find((known) => known === name);
  if (command !== undefined) return command;
  const similar = findSimilar(name, COMMANDS);
  const hint = similar === undefined
    ? `expected ${COMMANDS.join(", ")}`
    : `did you mean "${similar}"?`;
  throw new UsageError(`unknown command "${name}", ${hint}`, null);
}

function parseFlag(
  { name, rawName, value, inlineValue }: OptionToken,
  command: CommandName | null,
  wantsHelp: boolean,
): [name: string, value: string] {
  const known = command === null
    ? Object.hasOwn(FLAGS, name)
    : flagsOf(command).some((flag) => flag === name);
  // --help prints the help, whatever else the command line holds.
  if (!known && !wantsHelp) throw unknownFlag(name, rawName, command);
  if (known && flagOf(name as FlagName).value !== undefined) {
    if (value !== undefined) return [name, stripEquals(value, rawName)];
    if (wantsHelp) return [name, ""];
    throw new UsageError(`flag needs an argument: ${rawName}`, command);
  }
  return [name, inlineValue ? parseSwitch(value, rawName, command) : "true"];
}

function unknownFlag(
  name: string,
  rawName: string,
  command: CommandName | null,
): UsageError {
  const owners = COMMANDS.filter((owner) =>
    flagsOf(owner).some((flag) => flag === name)
  );
  const candidates = command === null ? Object.keys(FLAGS) : flagsOf(command);
  // A single letter is similar to any other.
  const similar = rawName.startsWith("--")
    ? findSimilar(name, candidates)
    : undefined;
  const hint = owners.length > 0
    ? `, which is a flag of podwire ${owners.join(" and ")}`
    : similar === undefined
    ? ""
    : `, did you mean --${similar}?`;
  return new UsageError(`unknown flag: ${rawName}${hint}`, command);
}

/** The most similar candidate, if it is likely that it was meant. */
function findSimilar(
  word: string,
  candidates: readonly string[],
): string | undefined {
  const rated = candidates.map((candidate) => {
    const isPrefix = word.length > 1 && candidate.startsWith(word);
    const distance = isPrefix ? 0 : editDistance(word, candidate);
    return { candidate, distance };
  });
  const best = rated.toSorted((a, b) => a.distance - b.distance)[0];
  const limit = Math.min(2, word.length - 1);
  return best && best.distance <= limit ? best.candidate : undefined;
}

/** Levenshtein's: the least number of inserted, deleted, replaced letters. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/** Go also accepts `-n=team`. */
function stripEquals(value: string, rawName: string): string {
  return rawName.startsWith("--") ? value : value.replace(/^=/, "");
}

function parseSwitch(
  value: string | undefined,
  rawName: string,
  command: CommandName | null,
): string {
  if (value === "true" || value === "false") return value;
  throw new UsageError(
    `invalid argument "${value}" for ${rawName}: expected true or false`,
    command,
  );
}
