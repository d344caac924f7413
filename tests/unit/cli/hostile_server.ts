import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { startByteServer } from "../../support/byte_server.ts";
import { withTempFolder } from "../../support/temp_folder.ts";

/** Sets a title and the clipboard, moves the cursor, in 7 and in 8 bits. */
const ESCAPES = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x1b\\\x1b[2J\x1b[H" +
  "\x9b31m\x9d0;owned\x9c\x07\x08";

/** How the server ends an exec; the name of the pod says which. */
const ENDINGS: Readonly<Record<string, (socket: Socket) => void>> = {
  status: (socket) =>
    sendStatus(socket, {
      status: "Failure",
      message: `in ${ESCAPES}band`,
    }),
  bare: (socket) => sendStatus(socket, { status: "Success" }),
  reason: (socket) =>
    sendFrame(socket, 0x88, closeFrame(1011, `go${ESCAPES}ne`)),
  code: (socket) =>
    sendStatus(socket, {
      status: "Failure",
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "256" }] },
    }),
};

const POD = {
  metadata: { name: "evil" },
  spec: { containers: [{ name: `a${ESCAPES}` }, { name: `b${ESCAPES}` }] },
  status: { phase: "Running" },
};

/** The responses to `GET`, by the name of the pod. */
const RESPONSES: Readonly<
  Record<string, readonly [line: string, type: string, body: string]>
> = {
  missing: [
    "404 Not Found",
    "application/json",
    JSON.stringify({
      kind: "Status",
      status: "Failure",
      reason: `Not${ESCAPES}Found`,
      message: `no ${ESCAPES}such\r\x85pod\n`,
    }),
  ],
  plain: ["500 Oops", "text/plain", `pl${ESCAPES}ain`],
  bare: [
    "200 OK",
    "application/json",
    JSON.stringify({ kind: "Pod", metadata: { name: "bare" } }),
  ],
  denied: [
    "401 Unauthorized",
    "application/json",
    JSON.stringify({
      kind: "Status",
      status: "Failure",
      reason: "Unauthorized",
      message: "Unauthorized",
    }),
  ],
};

/** Two, of which the second says the same. */
const WARNINGS = `warning: 299 - "ag\x9bing, \\"soon\\" gone"\r\n`.repeat(2);

/** An API server of which every text holds control sequences. */
export interface HostileServer {
  /** The environment for the program. */
  readonly env: Readonly<Record<string, string>>;
  /** The requests, each as method and path. */
  readonly requests: readonly string[];
}

/** Runs `body` with a server and a kubeconfig for it. */
export async function withHostileServer(
  body: (server: HostileServer) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const { port, close } = await startByteServer((socket) => {
    let head = "";
    const onData = (chunk: Uint8Array): void => {
      head += new TextDecoder("latin1").decode(chunk);
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", onData);
      socket.resume();
      requests.push(head.slice(0, head.indexOf(" HTTP")));
      answer(socket, head);
    };
    socket.on("data", onData);
  });
  try {
    await withTempFolder(async ({ path }) => {
      const kubeconfig = `${path}/config.json`;
      await writeFile(kubeconfig, kubeconfigFor(`http://127.0.0.1:${port}`));
      await body({ env: { KUBECONFIG: kubeconfig, NO_COLOR: "1" }, requests });
    });
  } finally {
    await close();
  }
}

/** A kubeconfig of one cluster, without credentials. */
export function kubeconfigFor(server: string): string {
  return JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", namespace: "default" } }],
    clusters: [{ name: "c", cluster: { server } }],
  });
}

function answer(socket: Socket, head: string): void {
  const pod = /\/pods\/([^/ ?]+)/.exec(head)?.[1] ?? "";
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1];
  if (key !== undefined) {
    socket.write(accept(key, head));
    sendFrame(socket, 0x82, [1, ...new TextEncoder().encode("\x1b[1mown")]);
    ENDINGS[pod]?.(socket);
    return;
  }
  const [line, type, body] = RESPONSES[pod] ??
    ["200 OK", "application/json", JSON.stringify(POD)];
  const bytes = new TextEncoder().encode(body);
  socket.write(
    `HTTP/1.1 ${line}\r\ncontent-type: ${type}\r\n` +
      (pod === "missing" ? WARNINGS : "") +
      `content-length: ${bytes.byteLength}\r\nconnection: close\r\n\r\n`,
  );
  socket.end(bytes);
}

function accept(key: string, head: string): string {
  const [protocol] = /v\d\.channel\.k8s\.io/.exec(head) ?? [""];
  const digest = createHash("sha1")
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n" +
    `connection: upgrade\r\nsec-websocket-accept: ${digest}\r\n` +
    `sec-websocket-protocol: ${protocol}\r\n\r\n`;
}

function sendStatus(socket: Socket, status: unknown): void {
  const text = new TextEncoder().encode(JSON.stringify(status));
  sendFrame(socket, 0x82, [3, ...text]);
  sendFrame(socket, 0x88, closeFrame(1000, ""));
}

function closeFrame(code: number, reason: string): number[] {
  return [code >> 8, code & 0xff, ...new TextEncoder().encode(reason)];
}

function sendFrame(
  socket: Socket,
  head: number,
  payload: readonly number[],
): void {
  const { length } = payload;
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff];
  socket.write(Uint8Array.from([head, ...size, ...payload]));
}
