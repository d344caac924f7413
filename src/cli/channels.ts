import type { StreamOptions } from "../request/exec_options.ts";
import { isTerminal, terminalSize } from "../terminal/mod.ts";
import type { CommandLine } from "./command_line.ts";

/** What to ask the server for, and what to say about it, if anything. */
export interface ChannelChoice {
  readonly channels: Pick<StreamOptions, "stdin" | "tty" | "size">;
  readonly remark: string | null;
}

/**
 * The channels that `-i` and `-t` stand for. As with kubectl, `-t` counts for
 * nothing without `-i`, nor where stdin is no terminal.
 *
 * @param wanted Whether a tty is wanted; as `-t` says unless given.
 */
export function channelsFor(
  line: CommandLine,
  wanted: boolean = line.has("tty"),
): ChannelChoice {
  const stdin = line.has("stdin");
  const possible = isTerminal();
  const tty = stdin && wanted && possible;
  const impossible = stdin && wanted && !possible && !line.has("quiet");
  return {
    channels: { stdin, tty, size: tty ? terminalSize() : undefined },
    remark: impossible
      ? "Unable to use a TTY - input is not a terminal or the right kind of file"
      : null,
  };
}
