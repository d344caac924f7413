import { type Bytes, encodeText } from "../../bytes.ts";
import { channelPrefix } from "../../channel/frame.ts";
import { startTimer } from "../../timers.ts";
import type { ClientConnection } from "./client_connection.ts";
import { ForwardedPort } from "./forwarded_port.ts";
import type { PortForwarding } from "./port_forwarding.ts";

/**
 * Milliseconds that a client may continue to send once the pod has ended its
 * side: the protocol has no half-close. containerd waits a second.
 */
const CLOSING_TIME = 100;

/**
 * Forwards ports over v4 channels: 2i has the bytes of the port at index i, in
 * both directions, and 2i + 1 its error. Each begins with the port.
 */
export class ChannelForward {
  readonly #client: ClientConnection;
  readonly #forwarding: PortForwarding;
  readonly #ports: readonly ForwardedPort[];
  readonly #open = new Set<number>();
  readonly #timers = new Map<number, () => void>();
  /** The channel of the current message; null between messages. */
  #channel: number | null = null;

  constructor(
    client: ClientConnection,
    ports: number[],
    forwarding: PortForwarding,
  ) {
    this.#client = client;
    this.#forwarding = forwarding;
    ports.forEach((port, index) => {
      const bytes = Uint8Array.of(port & 0xff, port >> 8);
      client.send(channelPrefix(2 * index), bytes);
      client.send(channelPrefix(2 * index + 1), bytes);
      this.#open.add(index);
    });
    this.#ports = ports.map((port, index) => this.#forward(port, index));
    client.open({
      part: (part, last) => this.#part(part, last),
      closed: () => this.#clientGone(),
    });
  }

  #forward(port: number, index: number): ForwardedPort {
    const data = channelPrefix(2 * index);
    return new ForwardedPort(this.#client, this.#forwarding.dial(port), {
      head: () => data,
      outputEnded: () => {
        const close = startTimer(CLOSING_TIME, () => {
          this.#ports[index]!.release();
          this.#done(index);
        });
        this.#timers.set(index, close);
      },
      // The client cannot end its side alone.
      ended: () => {},
      failed: (reason) => {
        const text = this.#forwarding.errorText(port, reason);
        this.#client.send(channelPrefix(2 * index + 1), encodeText(text));
        this.#done(index);
      },
    });
  }

  #part(part: Bytes, last: boolean): void {
    let payload = part;
    if (this.#channel === null && part.byteLength > 0) {
      this.#channel = part[0]!;
      payload = part.subarray(1);
    }
    const channel = this.#channel;
    if (last) this.#channel = null;
    // What comes on an error channel, or an unknown one, is dropped.
    if (channel === null || channel % 2 === 1) return;
    this.#ports[channel / 2]?.input(payload);
  }

  #done(index: number): void {
    this.#timers.get(index)?.();
    this.#timers.delete(index);
    this.#open.delete(index);
    if (this.#open.size === 0) this.#client.close();
  }

  #clientGone(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const port of this.#ports) port.release();
  }
}
