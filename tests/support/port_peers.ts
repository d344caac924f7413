// Peers of forwarded connections, each for this machine and, as a script, for a
// pod of a real cluster.
import { assert } from "@std/assert";
import type { Socket } from "node:net";
import { concatBytes } from "../../src/bytes.ts";
import type { PortPeer, ServedPort } from "../backends/port_peer.ts";
import { delay } from "./async.ts";
import { startByteServer } from "./byte_server.ts";
import { received, Sender, sumOf } from "./tcp_peers.ts";

/** A peer whose connections `accept` handles here; it ends both directions apart. */
export function tcpPeer(
  accept: (socket: Socket) => void,
  script: string,
  more: Omit<PortPeer, "start" | "script"> = {},
): PortPeer {
  const start = () => startByteServer(accept, { allowHalfOpen: true });
  return { start, script, ...more };
}

/** Sends back what it gets, and ends when that ends. */
export const echoPeer: PortPeer = tcpPeer((socket) => {
  socket.on("data", (chunk: Uint8Array) => {
    if (socket.write(new Uint8Array(chunk))) return;
    socket.pause();
    socket.once("drain", () => socket.resume());
  });
  socket.on("end", () => socket.end());
}, "cat");

/** Sends a text at once, reads everything, and ends when that ends. */
export function greetingPeer(text: string): PortPeer {
  return tcpPeer((socket) => {
    if (text !== "") socket.write(text);
    socket.on("end", () => socket.end());
    socket.resume();
  }, `printf %s '${text}'; cat > /dev/null`);
}

/** Sends bytes and ends, whatever it gets. */
export function sendingPeer(bytes: Uint8Array<ArrayBuffer>): PortPeer {
  const files = { "/tmp/bytes": bytes };
  return tcpPeer((socket) => socket.end(bytes), "cat /tmp/bytes", { files });
}

/**
 * Takes a request of so many bytes, sends an answer and ends. Its report has a
 * line for each request, as {@linkcode sumOf} describes it.
 */
export function answeringPeer(
  length: number,
  answer: Uint8Array<ArrayBuffer>,
): PortPeer {
  const sums: string[] = [];
  const accept = (socket: Socket) => {
    const chunks: Uint8Array[] = [];
    let left = length;
    socket.on("data", (chunk: Uint8Array) => {
      chunks.push(new Uint8Array(chunk));
      left -= chunk.byteLength;
      if (left > 0) return;
      socket.end(answer);
      sumOf(concatBytes(chunks)).then((sum) => sums.push(sum));
    });
  };
  return tcpPeer(
    accept,
    `sum=$(${readBytes(`${length}`)} | sha256sum)
     echo "${length} \${sum%% *}" >> /tmp/report
     cat /tmp/bytes`,
    { files: { "/tmp/bytes": answer }, report: () => `${sums.join("\n")}\n` },
  );
}

/**
 * Takes everything up to the end, and ends. Its report has a line for each
 * connection, as {@linkcode sumOf} describes it.
 */
export function collectingPeer(): PortPeer {
  const sums: string[] = [];
  return tcpPeer(
    (socket) => {
      received(socket).then(async (bytes) => sums.push(await sumOf(bytes)))
        .catch(() => {}).finally(() => socket.end());
    },
    `cat > /tmp/got; sum=$(sha256sum < /tmp/got)
     echo "$(wc -c < /tmp/got) \${sum%% *}" >> /tmp/report`,
    { report: () => `${sums.join("\n")}\n` },
  );
}

/** The lines of a report, in a stable order. */
export function sortedLines(report: string): string[] {
  return report.split("\n").filter((line) => line !== "").sort();
}

/** Reads exactly so many bytes of a script's stdin, and writes them. */
export function readBytes(length: string): string {
  return `dd bs=${length} count=1 iflag=fullblock 2> /dev/null`;
}

const MIB = 2 ** 20;

/** Sends many bytes as fast as they are taken; its report says how many. */
export function floodingPeer(total: number): PortPeer {
  const sender = new Sender(total);
  return tcpPeer(
    (socket) => sender.start(socket),
    `n=0; while [ $n -lt ${total / MIB} ] &&
       dd if=/dev/zero bs=${MIB} count=1 2> /dev/null; do
       n=$((n + 1)); echo $((n * ${MIB})) > /tmp/next
       mv /tmp/next /tmp/report
     done`,
    { report: () => `${sender.sent}` },
  );
}

/**
 * Waits until a {@linkcode floodingPeer} is held back, which has to be before
 * the end, and returns how many bytes it has sent.
 */
export async function untilHeldBack(
  served: ServedPort,
  pod: string,
  total: number,
): Promise<number> {
  let before = -1;
  for (;;) {
    const sent = Number(await served.report(pod));
    if (sent > 0 && sent === before) break;
    before = sent;
    await delay(300);
  }
  assert(before < total, `all of ${total} bytes were sent`);
  return before;
}

/** Waits until a peer's report is as expected, for some seconds. */
export async function untilReported(
  served: ServedPort,
  pod: string,
  isExpected: (report: string) => boolean,
): Promise<void> {
  let report = "";
  for (let round = 0; round < 100; round++) {
    report = await served.report(pod);
    if (isExpected(report)) return;
    await delay(50);
  }
  throw new Error(`the peer only reported ${JSON.stringify(report)}`);
}
