import type {
  PortConnection,
  PortDialer,
  PortTarget,
} from "./port_connection.ts";

/** How the ports of one pod are forwarded. */
export class PortForwarding {
  readonly #dial: PortDialer;
  readonly #target: PortTarget;
  readonly #uid: string;

  constructor(dial: PortDialer, target: PortTarget, uid: string) {
    this.#dial = dial;
    this.#target = target;
    this.#uid = uid;
  }

  /** Connects to a port; rejects with why it is refused. */
  dial(port: number): Promise<PortConnection> {
    return this.#dial(port, this.#target);
  }

  /** What the kubelet writes to the error stream; the sandbox is the pod's UID. */
  errorText(port: number, reason: string): string {
    return `error forwarding port ${port} to pod ${this.#uid}, uid : ` +
      'failed to execute portforward in network namespace "host": ' + reason;
  }
}
