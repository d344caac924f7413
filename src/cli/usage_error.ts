import type { CommandName } from "./flags.ts";

/** The command line makes no sense. */
export class UsageError extends Error {
  override name = "UsageError";
  /** The command that it was for; null where there is none. */
  readonly command: CommandName | null;

  constructor(message: string, command: CommandName | null) {
    super(message);
    this.command = command;
  }
}
