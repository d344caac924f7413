import type { BenchPlan } from "./plan.ts";

/** Receives the next bytes; a contender waits for a returned promise. */
export type Take = (chunk: Uint8Array) => Promise<void> | void;

/** A client that is measured, used as its users would. */
export interface Contender {
  /** Whether it discards downloads instead of passing them on. */
  readonly discards?: boolean;
  /** How many calls were repeated because the client itself lost them. */
  repeated?(): number;
  /** Runs a command, and passes on its stdout as it arrives. */
  download(command: readonly string[], take: Take): Promise<void>;
  /** Runs a command, and writes the chunks of `next` to its stdin, until null. */
  upload(
    command: readonly string[],
    next: () => Uint8Array | null,
  ): Promise<void>;
  /** Runs a command without output. */
  run(command: readonly string[]): Promise<void>;
  /** Runs a command and collects its stdout; returns the length. */
  collect(command: readonly string[]): Promise<number>;
  /** Opens an idle attached session. */
  hold(): Promise<void>;
  /** Ends all held sessions. */
  close(): Promise<void>;
}

/** The path of the server's only pod. */
export const POD_PATH = "/api/v1/namespaces/default/pods/bench";

/** The contenders by name, loaded lazily. */
const contenders: Record<string, (plan: BenchPlan) => Promise<Contender>> = {
  async podwire(plan) {
    return (await import("./contenders/podwire.ts")).podwire(plan);
  },
  async bare(plan) {
    return (await import("./contenders/bare.ts")).bare(plan);
  },
  async "bare native"(plan) {
    return (await import("./contenders/bare_native.ts")).bareNative(plan);
  },
  async "bare stream"(plan) {
    return (await import("./contenders/bare_stream.ts")).bareStream(plan);
  },
  async "client-node"(plan) {
    return await (await import("./contenders/client_node.ts")).clientNode(plan);
  },
  async kubectl(plan) {
    return await (await import("./contenders/kubectl.ts")).kubectl(plan);
  },
};

/** @throws {Error} There is no such contender. */
export async function openContender(plan: BenchPlan): Promise<Contender> {
  const open = contenders[plan.contender];
  if (!open) throw new Error(`There is no contender "${plan.contender}"`);
  return await open(plan);
}
