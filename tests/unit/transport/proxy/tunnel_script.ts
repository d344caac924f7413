import { type Bytes, concatBytes } from "../../../../src/bytes.ts";
import { openTunnel } from "../../../../src/transport/proxy/open_tunnel.ts";
import type { DialTarget } from "../../../../src/transport/dial.ts";

/** What a tunnel's opening left behind. */
export interface Opening {
  /** What the proxy was sent. */
  readonly sent: Bytes;
  /** What came right behind the proxy's answer. */
  readonly early: Bytes;
}

/**
 * Opens a tunnel through a proxy that says `answers`, a read each, and then
 * hangs up.
 */
export async function openScripted(
  proxy: string,
  answers: readonly Uint8Array[],
  target: Partial<DialTarget> = {},
): Promise<Opening> {
  const reads = answers.map((answer) => answer.slice());
  const sent: Bytes[] = [];
  const early = await openTunnel({
    read: () => Promise.resolve(reads.shift() ?? null),
    write(bytes) {
      sent.push(bytes);
      return Promise.resolve();
    },
  }, {
    hostname: "kube.internal",
    port: 6443,
    tls: null,
    proxyTls: {},
    signal: new AbortController().signal,
    ...target,
    proxy: new URL(proxy),
  });
  return { sent: concatBytes(sent), early };
}
