/**
 * The page's script: a shell in a pod, in an xterm.js terminal. The fragment of
 * the page's URL names the pod:
 *
 *     #pod=web-0&namespace=default&container=main
 *
 * It connects through the relay that serves the page, without a token. With
 * `&server=https://10.0.0.1:6443&token=...` it connects to the API server itself,
 * which must allow the page's origin (`kube-apiserver --cors-allowed-origins`;
 * WebSockets do not need it).
 */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { Api, createClient, Pod, type StreamSession } from "@podwire/podwire";
import { webTransport } from "@podwire/podwire/web";

const SHELL = ["env", "TERM=xterm-256color", "sh"];

const terminal = new Terminal({ cursorBlink: true });
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(document.getElementById("terminal")!);
terminal.attachCustomKeyEventHandler(copiesSelection);
fit.fit();
terminal.focus();

try {
  const session = await openShell(new URLSearchParams(location.hash.slice(1)));
  connect(session);
  await show(session);
  const code = await session.exitCode;
  terminal.write(
    `\r\n[the shell exited with ${code ?? "an unknown code"}]\r\n`,
  );
} catch (error) {
  terminal.write(`\r\n[${(error as Error).message}]\r\n`);
}

async function openShell(params: URLSearchParams): Promise<StreamSession> {
  const client = await createClient({
    server: params.get("server") ?? new URL("/relay", location.href),
    token: params.get("token") ?? undefined,
    namespace: params.get("namespace") ?? "default",
    transport: webTransport(),
  });
  const pods = new Api(Pod, { client });
  return await pods.exec.stream(params.get("pod") ?? "", {
    command: SHELL,
    container: params.get("container") ?? undefined,
    stdin: true,
    tty: true,
    size: sizeNow(),
  });
}

/** Sends input and new sizes to the session. */
function connect(session: StreamSession): void {
  // Input after the shell's end is dropped.
  const ignore = () => {};
  terminal.onData((text) => void session.write(text).catch(ignore));
  terminal.onResize(() => void session.resize(sizeNow()).catch(ignore));
  addEventListener("resize", () => fit.fit());
}

/** Writes the output no faster than the terminal draws it. */
async function show(session: StreamSession): Promise<void> {
  for await (const part of session.stdout) {
    await new Promise<void>((drawn) => terminal.write(part, drawn));
  }
}

function sizeNow(): { width: number; height: number } {
  return { width: terminal.cols, height: terminal.rows };
}

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
