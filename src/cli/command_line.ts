import { parseArgs } from "node:util";
import {
  type CommandName,
  COMMANDS,
  type FlagName,
  flagOf,
  FLAGS,
  flagsOf,
} from "./flags.ts";
import { UsageError } from "./usage_error.ts";

/** What the command line says. */
export interface CommandLine {
  /** Null where it names none. */
  readonly command: CommandName | null;
  /** What stands after the command's name, flags aside. */
  readonly words: readonly string[];
  /** What stands after the first `--`, as it is; null without one. */
  readonly rest: readonly string[] | null;
  /** Whether a flag is on. */
  has(flag: FlagName): boolean;
  /** The value of a flag, the last one if there are several. */
  value(flag: FlagName): string | undefined;
}

/** One part of the command line, as `parseArgs` sees it. */
type Token = NonNullable<ReturnType<typeof tokensOf>>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/**
 * Reads a command line as kubectl does: flags stand anywhere before `--`, short
 * ones together, as in `-it`, and `--stdin=false` turns one off.
 *
 * @throws {UsageError} It makes no sense.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const tokens = tokensOf(args);
  const end = tokens.find(({ kind }) => kind === "option-terminator");
  const own = tokens.filter(({ index }) => !end || index < end.index);
  const [name, ...words] = own.flatMap((token) =>
    token.kind === "positional" ? [token.value] : []
  );
  const options = own.filter((token) => token.kind === "option");
  const asked = options.some(({ name }) => name === "help");
  const command = commandOf(name === "help" ? words[0] : name);
  const flags = new Map(
    options.map((token) => readFlag(token, command, asked)),
  );
  if (name === "help") flags.set("help", "true");
  return {
    command,
    words,
    rest: end ? args.slice(end.index + 1) : null,
    has: (flag) => flags.get(flag) === "true",
    value: (flag) => flags.get(flag),
  };
}

/** Not strict: what is unknown is refused here, in our own words. */
function tokensOf(args: readonly string[]) {
  const entries = Object.entries(FLAGS).map(([name, flag]) => {
    const type = "value" in flag ? "string" as const : "boolean" as const;
    return [name, "short" in flag ? { type, short: flag.short } : { type }];
  });
  const options = Object.fromEntries(entries);
  const { tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens;
}

function commandOf(name: string | undefined): CommandName | null {
  if (name === undefined) return null;
  const command = COMMANDS.find((known) => known === name);
  if (command !== undefined) return command;
  throw new UsageError(
    `There is no command "${name}", only ${COMMANDS.join(", ")}`,
    null,
  );
}

function readFlag(
  { name, rawName, value, inlineValue }: OptionToken,
  command: CommandName | null,
  asked: boolean,
): [name: string, value: string] {
  const known = command === null
    ? name in FLAGS
    : flagsOf(command).some((flag) => flag === name);
  // Who asks for help is helped, whatever else stands there.
  if (!known && !asked) {
    throw new UsageError(`There is no flag ${rawName}`, command);
  }
  if (known && flagOf(name as FlagName).value !== undefined) {
    if (value !== undefined) return [name, withoutSign(value, rawName)];
    if (asked) return [name, ""];
    throw new UsageError(`The flag ${rawName} needs a value`, command);
  }
  return [name, inlineValue ? readSwitch(value, rawName, command) : "true"];
}

/** Go's flags may be written `-n=team`, too. */
function withoutSign(value: string, rawName: string): string {
  return rawName.startsWith("--") ? value : value.replace(/^=/, "");
}

function readSwitch(
  value: string | undefined,
  rawName: string,
  command: CommandName | null,
): string {
  if (value === "true" || value === "false") return value;
  throw new UsageError(
    `The flag ${rawName} is true or false, not "${value}"`,
    command,
  );
}
