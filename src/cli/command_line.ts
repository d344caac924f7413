import { parseArgs } from "node:util";
import { similarName } from "../options.ts";
import { quote } from "../redact.ts";
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
  /** Every value of a flag, in their order. */
  values(flag: FlagName): readonly string[];
  /** How often a flag is given. */
  count(flag: FlagName): number;
}

type Token = NonNullable<ReturnType<typeof tokenize>>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/**
 * Parses a command line as kubectl does: flags may stand anywhere before `--`,
 * short flags may be combined (`-it`), and `--stdin=false` turns a switch off.
 *
 * @throws {UsageError} The command line is invalid.
 */
export function parseCommandLine(line: readonly string[]): CommandLine {
  const given = commandIn(line);
  const args = splitSwitches(line, given);
  const tokens = tokenize(args, given);
  const end = tokens.find(({ kind }) => kind === "option-terminator");
  const own = tokens.filter(({ index }) => !end || index < end.index);
  const [name, ...positionals] = own.flatMap((token) =>
    token.kind === "positional" ? [token.value] : []
  );
  const options = own.filter((token) => token.kind === "option");
  const wantsHelp = options.some(({ name }) => name === "help");
  const isFlag = name === "help";
  const commandName = isFlag ? positionals[0] : name;
  // The value of a misspelt flag is no command, and may be a secret.
  if (COMMANDS.every((known) => known !== commandName)) {
    for (const token of options) parseFlag(token, null, wantsHelp);
  }
  const command = parseCommand(commandName);
  // `exec web-0 ls -la`, which an older kubectl takes.
  const isBare = command === "exec" && end === undefined &&
    positionals.length > 1;
  if (isBare && !wantsHelp) throw commandWithoutDashes(positionals[0]!);
  const parsed = options.map((token) => parseFlag(token, command, wantsHelp));
  const flags = new Map(parsed);
  if (isFlag) flags.set(name, "true");
  return {
    command,
    positionals,
    afterDashes: end ? args.slice(end.index + 1) : null,
    has: (flag) => flags.get(flag) === "true",
    value: (flag) => flags.get(flag),
    values: (flag) =>
      parsed.flatMap(([name, value]) => name === flag ? [value] : []),
    count: (flag) => options.filter(({ name }) => name === flag).length,
  };
}

/** @param target What to exec in; the command's words may be secrets. */
export function commandWithoutDashes(target: string): UsageError {
  return new UsageError(
    `the command must follow "--", as in exec ${target} -- ls`,
    "exec",
  );
}

/** The command, which decides whether `-f` is `--filename` or `--follow`. */
export function commandIn(args: readonly string[]): CommandName | null {
  const first = tokenize(args, null).find(({ kind }) => kind === "positional");
  const name = first?.kind === "positional" ? first.value : null;
  return COMMANDS.find((known) => known === name) ?? null;
}

/** Not strict: `parseFlag` reports unknown flags in kubectl's words. */
export function tokenize(args: readonly string[], command: CommandName | null) {
  const own = command === null ? [] : flagsOf(command);
  const taken = new Set(own.map((name) => flagOf(name).short));
  const entries = (Object.keys(FLAGS) as FlagName[]).map((name) => {
    const { short, value } = flagOf(name);
    const type = value === undefined ? "boolean" as const : "string" as const;
    const isFree = own.includes(name) || !taken.has(short);
    if (short === undefined || !isFree) return [name, { type }];
    // Before the command is known, `-f` takes no value.
    if (command === null && name === "filename") return [name, { type }];
    return [name, { type, short }];
  });
  const { tokens } = parseArgs({
    args: splitSwitches(args, command),
    options: Object.fromEntries(entries),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens;
}

/** `-it=false`, as Go reads it: `-i --tty=false`, which `parseArgs` can read. */
function splitSwitches(
  args: readonly string[],
  command: CommandName | null,
): string[] {
  const names = command === null ? Object.keys(FLAGS) : flagsOf(command);
  const switches = new Map(
    (names as FlagName[]).filter((name) => flagOf(name).value === undefined)
      .map((name) => [flagOf(name).short, name]),
  );
  const dashes = args.indexOf("--");
  const end = dashes < 0 ? args.length : dashes;
  return args.flatMap((arg, index) => {
    const [, letters = "", value] = /^-([a-z]+)=(.*)$/si.exec(arg) ?? [];
    const all = [...letters];
    if (index >= end || value === undefined) return [arg];
    if (!all.every((letter) => switches.has(letter))) return [arg];
    const last = switches.get(all.pop());
    return [...all.map((letter) => `-${letter}`), `--${last}=${value}`];
  });
}

function parseCommand(name: string | undefined): CommandName | null {
  if (name === undefined) return null;
  const command = COMMANDS.find((known) => known === name);
  if (command !== undefined) return command;
  const similar = similarName(name, COMMANDS);
  const hint = similar === null
    ? `expected ${COMMANDS.join(", ")}`
    : `did you mean "${similar}"?`;
  throw new UsageError(`unknown command ${quote(name)}, ${hint}`, null);
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
    ? similarName(name, candidates)
    : null;
  const hint = owners.length > 0
    ? `, which is a flag of podwire ${listOf(owners)}`
    : similar === null
    ? ""
    : `, did you mean --${similar}?`;
  return new UsageError(`unknown flag: ${rawName}${hint}`, command);
}

/** `a, b and c`. */
function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  const others = names.slice(0, -1).join(", ");
  return others === "" ? last : `${others} and ${last}`;
}

/** Go also accepts `-n=team`. */
function stripEquals(value: string, rawName: string): string {
  return rawName.startsWith("--") ? value : value.replace(/^=/, "");
}

/** What Go's `strconv.ParseBool` takes. */
const TRUE = /^(1|t|T|true|True|TRUE)$/;
const FALSE = /^(0|f|F|false|False|FALSE)$/;

function parseSwitch(
  value: string | undefined,
  rawName: string,
  command: CommandName | null,
): string {
  const word = value ?? "";
  if (TRUE.test(word)) return "true";
  if (FALSE.test(word)) return "false";
  throw new UsageError(
    `invalid argument "${value}" for ${rawName}: expected true or false`,
    command,
  );
}
