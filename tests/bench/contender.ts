import type { BenchPlan } from "./plan.ts";

/** What a contender gives the next bytes to, and waits for if it is to. */
export type Take = (chunk: Uint8Array) => Promise<void> | void;

/** A client of the bench's server, used as its users would. */
export interface Contender {
  /** Whether it takes what it downloads, and gives nothing on. */
  readonly discards?: boolean;
  /** How many calls it had to make again: it lost them by a fault of its own. */
  repeated?(): number;
  /** Runs a command, and hands its stdout on as it comes. */
  download(command: readonly string[], take: Take): Promise<void>;
  /** Runs a command, and writes to its stdin what `next` gives until null. */
  upload(
    command: readonly string[],
    next: () => Uint8Array | null,
  ): Promise<void>;
  /** Runs a command that says nothing, to its end. */
  run(command: readonly string[]): Promise<void>;
  /** Runs a command, and gives the length of its stdout, collected. */
  collect(command: readonly string[]): Promise<number>;
  /** Attaches, and leaves it at that. */
  hold(): Promise<void>;
  /** Ends all that is held. */
  close(): Promise<void>;
}

/** The folder of the server's one pod. */
export const POD_PATH = "/api/v1/namespaces/default/pods/bench";

/** The contenders by their names, each loaded when it is its turn. */
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

/** @throws {Error} If there is none of that name. */
export async function openContender(plan: BenchPlan): Promise<Contender> {
  const open = contenders[plan.contender];
  if (!open) throw new Error(`There is no contender "${plan.contender}"`);
  return await open(plan);
}
