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
  /** Gets a pod, and returns it. */
  get?(namespace: string, name: string): Promise<ListedPod>;
  /** Lists the pods of a namespace in one request. */
  list?(namespace: string): Promise<readonly ListedPod[]>;
  /** Forwards a local port to that of the plan. */
  forward?(): Promise<Forwarder>;
  /** Connects to the port of the plan. */
  connect?(): Promise<ForwardedStreams>;
  /**
   * Copies a file or a directory from, or to, the container of the plan, whose
   * name it has there and here.
   */
  copy?(
    way: "from" | "to",
    source: string,
    target: string,
  ): Promise<CopyMemory>;
  /** Opens an idle attached session. */
  hold(): Promise<void>;
  /** Ends all held sessions. */
  close(): Promise<void>;
}

/** What a copy took, in MiB. */
export interface CopyMemory {
  /** The highest resident memory of its process. */
  readonly peak: number;
  /** The part that was not there before; undefined if the process is its own. */
  readonly growth?: number;
}

/** What forwards connections of local programs. */
export interface Forwarder {
  /** The local port. */
  readonly port: number;
  /** The CPU time of its process so far, in seconds. */
  cpuTime(): number;
  /** The memory of its process, in MiB: see `watchMemory`. */
  watchMemory(): () => number;
}

/** One forwarded connection without a local program. */
export interface ForwardedStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  close(): Promise<void>;
}

/** A client that cannot do what a workload measures, which is no failure. */
export class CannotRun extends Error {}

/** As much of a pod as is checked. */
export interface ListedPod {
  readonly metadata?: { readonly name?: string };
}

/** The contenders by name, loaded lazily. */
const contenders: Record<string, (plan: BenchPlan) => Promise<Contender>> = {
  async podwire(plan) {
    return (await import("./contenders/podwire.ts")).podwire(plan);
  },
  async "podwire BYOB"(plan) {
    return (await import("./contenders/podwire_byob.ts")).podwireByob(plan);
  },
  async "podwire listen"(plan) {
    return (await import("./contenders/podwire_forward.ts")).listening(plan);
  },
  async "podwire connect"(plan) {
    return (await import("./contenders/podwire_forward.ts")).connecting(plan);
  },
  async "podwire copy"(plan) {
    return await (await import("./contenders/podwire_copy.ts")).podwireCopy(
      plan,
    );
  },
  async "podwire no keep-alive"(plan) {
    // The server closes each connection: each request opens its own.
    const server = `${plan.server}/closing`;
    return (await import("./contenders/podwire.ts")).podwire({
      ...plan,
      server,
    });
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
  async "client-node keep-alive"(plan) {
    const { clientNodeKept } = await import("./contenders/client_node.ts");
    return await clientNodeKept(plan);
  },
  async "client-node Cp"(plan) {
    const { clientNodeCp } = await import("./contenders/client_node_cp.ts");
    return await clientNodeCp(plan);
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
