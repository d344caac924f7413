/**
 * The page's script: a shell in a pod, in a terminal by xterm.js. What is after
 * the `#` of its address says which:
 *
 *     #pod=web-0&namespace=default&container=main
 *
 * It goes by way of the relay that serves the page, and so needs no token. With
 * `&server=https://10.0.0.1:6443&token=...` it goes straight to the API server,
 * which has to allow the page's origin (`kube-apiserver
 * --cors-allowed-origins`; WebSockets need not even that).
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

async function openShell(place: URLSearchParams): Promise<StreamSession> {
  const client = await createClient({
    server: place.get("server") ?? new URL("/relay", location.href),
    token: place.get("token") ?? undefined,
    namespace: place.get("namespace") ?? "default",
    transport: webTransport(),
  });
  const pods = new Api(Pod, { client });
  return await pods.exec.stream(place.get("pod") ?? "", {
    command: SHELL,
    container: place.get("container") ?? undefined,
    stdin: true,
    tty: true,
    size: sizeNow(),
  });
}

/** What is typed and pasted goes in, and so does a new size. */
function connect(session: StreamSession): void {
  // Once the shell has ended, what is still typed goes nowhere.
  const ignore = () => {};
  terminal.onData((text) => void session.write(text).catch(ignore));
  terminal.onResize(() => void session.resize(sizeNow()).catch(ignore));
  addEventListener("resize", () => fit.fit());
}

/** Shows the output as fast as the terminal can draw it, and no faster. */
async function show(session: StreamSession): Promise<void> {
  for await (const part of session.stdout) {
    await new Promise<void>((drawn) => terminal.write(part, drawn));
  }
}

function sizeNow(): { width: number; height: number } {
  return { width: terminal.cols, height: terminal.rows };
}

/** Ctrl-Shift-C copies, as in other terminals; pasting is the browser's. */
function copiesSelection(event: KeyboardEvent): boolean {
  const copies = event.ctrlKey && event.shiftKey && event.code === "KeyC";
  if (!copies) return true;
  if (event.type === "keydown") {
    event.preventDefault();
    void navigator.clipboard.writeText(terminal.getSelection());
  }
  return false;
}
