/**
 * A session in an xterm.js terminal, and recordings of sessions. Needs nothing of
 * xterm.js: what it uses is described by types.
 *
 * ```ts ignore
 * import { FitAddon } from "@xterm/addon-fit";
 * import { Terminal } from "@xterm/xterm";
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { bindTerminal } from "@podwire/podwire/xterm";
 *
 * const terminal = new Terminal();
 * const fit = new FitAddon();
 * terminal.loadAddon(fit);
 * terminal.open(document.getElementById("terminal")!);
 *
 * const client = await createClient({ server: "/relay", namespace: "default" });
 * const pods = new Api(Pod, { client });
 * const session = await pods.exec.stream("web-0", {
 *   command: ["sh"],
 *   stdin: true,
 *   tty: true,
 * });
 * await bindTerminal(session, terminal, { fit }).ended;
 * ```
 *
 * @module
 */

export type { TerminalSize } from "../channel/resize.ts";
export {
  bindTerminal,
  type BindTerminalOptions,
  type Disposable,
  type TerminalBinding,
  type TerminalEnd,
  type XtermTerminal,
} from "./bind_terminal.ts";
export {
  type RecordedSession,
  recordSession,
  type RecordSessionOptions,
} from "./record_session.ts";
export type { TerminalSession } from "./terminal_session.ts";
