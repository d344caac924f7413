import { stdinIsTerminal } from "../stdin_is_terminal.ts";
import { onDeparture } from "./exit_hook.ts";
import { LocalInput } from "./local_input.ts";
import { openOutput } from "./local_output.ts";
import { setRawMode } from "./raw_mode.ts";
import type { LocalTerminal } from "./terminal.ts";
import { localSize, onResize } from "./window_size.ts";

/** What this process was started with. */
export function localTerminal(): LocalTerminal {
  return {
    isTyped: stdinIsTerminal(),
    size: localSize,
    onResize,
    setRaw: setRawMode,
    openInput: () => new LocalInput(),
    openOutput,
    onDeparture,
  };
}
