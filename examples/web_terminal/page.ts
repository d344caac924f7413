/**
 * The page's script: a shell in a pod, in an xterm.js terminal. The fragment of
 * the page's URL names the pod:
 *
 *     #pod=web-0&namespace=default&container=main
 *
 * It connects through the relay of the server that it comes from, without a
 * token.
 */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { Api, createClient, Pod } from "@podwire/podwire";
import { webTransport } from "@podwire/podwire/web";
import { bindTerminal } from "@podwire/podwire/xterm";

const terminal = new Terminal({ cursorBlink: true });
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(document.getElementById("terminal")!);
terminal.attachCustomKeyEventHandler(copiesSelection);
terminal.focus();
fit.fit();

const params = new URLSearchParams(location.hash.slice(1));
const client = await createClient({
  server: new URL("/relay", location.href),
  namespace: params.get("namespace") ?? "default",
  transport: webTransport(),
});
const pods = new Api(Pod, { client });
const opening = pods.exec.stream(params.get("pod") ?? "", {
  command: ["env", "TERM=xterm-256color", "sh"],
  container: params.get("container") ?? undefined,
  stdin: true,
  tty: true,
  size: { width: terminal.cols, height: terminal.rows },
});
opening.then(
  (session) => bindTerminal(session, terminal, { fit }),
  (error) => terminal.write(`[${error.message}]`),
);

/** Ctrl-Shift-C copies, as in other terminals; the browser pastes. */
function copiesSelection(event: KeyboardEvent): boolean {
  const copies = event.ctrlKey && event.shiftKey && event.code === "KeyC";
  if (!copies) return true;
  if (event.type === "keydown") {
    event.preventDefault();
    void navigator.clipboard.writeText(terminal.getSelection());
  }
  return false;
}
