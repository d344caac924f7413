import type { Api, Client, ClientOptions, Pod } from "../../../mod.ts";
import type {
  Backend,
  PodOptions,
  TransportKind,
} from "../../backends/backend.ts";
import type { Plan } from "./plan.ts";

/** The target of a load. */
export interface LoadTarget {
  readonly client: Client;
  /** Options to reach the server; new ones for each client. */
  readonly options: () => ClientOptions;
  readonly pods: Api<typeof Pod>;
  /** An idle pod. */
  readonly pod: string;
  /** Creates another pod; returns its name. */
  readonly makePod: (options: PodOptions) => Promise<string>;
  readonly namespace: string;
  readonly backend: Backend;
  readonly transport: TransportKind;
  /** Whether the server runs in this process. */
  readonly serverInside: boolean;
  readonly plan: Plan;
}

/** A workload that takes too long for a test. */
export interface Load {
  readonly name: string;
  /** The only backend to run on. Defaults to all. */
  readonly backend?: string;
  /** Why the load is skipped; undefined when it is not. */
  skipReason?(backend: Backend, transport: TransportKind): string | undefined;
  /**
   * Runs the load; returns its figures.
   *
   * @throws {Error} A result is wrong.
   */
  run(target: LoadTarget): Promise<string>;
}

/** The backend that is most like current clusters. */
export const MAIN_BACKEND = "upstream v5 translated";

/**
 * The share of `count` for this target: all on the main backend, a fifth on the
 * others, and a tenth over the standard WebSocket, which takes up to 40 ms to
 * connect.
 */
export function share(
  { backend, transport }: LoadTarget,
  count: number,
): number {
  if (transport === "web") return Math.ceil(count / 10);
  return backend.name === MAIN_BACKEND ? count : Math.ceil(count / 5);
}

/** Whether the server of a backend runs in this process. */
export function isInside(backend: Backend): boolean {
  return backend.name.startsWith("embedded");
}

/** @throws {Error} The condition is false. */
export function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** MiB per second since `begun`, a `performance.now()`. */
export function rate(mebibytes: number, begun: number): string {
  const seconds = (performance.now() - begun) / 1000;
  return `${(mebibytes / seconds).toFixed(0)} MiB/s`;
}
