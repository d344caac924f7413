import type { Api, Client, ClientOptions, Pod } from "../../../mod.ts";
import type {
  Backend,
  PodOptions,
  TransportKind,
} from "../../backends/backend.ts";
import type { Plan } from "./plan.ts";

/** Where a load goes. */
export interface LoadTarget {
  readonly client: Client;
  /** How to reach the server, new ones for each client. */
  readonly options: () => ClientOptions;
  readonly pods: Api<typeof Pod>;
  /** A pod with nothing to do. */
  readonly pod: string;
  /** Makes another; gives its name. */
  readonly makePod: (options: PodOptions) => Promise<string>;
  readonly namespace: string;
  readonly backend: Backend;
  readonly transport: TransportKind;
  /** Whether the server runs in this process too. */
  readonly serverInside: boolean;
  readonly plan: Plan;
}

/** Something that takes too long for a test. */
export interface Load {
  readonly name: string;
  /** The only backend where it has a place; all unless said. */
  readonly backend?: string;
  /** Why it is left out somewhere; undefined where it is not. */
  skipReason?(backend: Backend, transport: TransportKind): string | undefined;
  /**
   * Does it, and says what was measured.
   *
   * @throws {Error} Something went otherwise than it should.
   */
  run(target: LoadTarget): Promise<string>;
}

/** The backend that clusters of today are like. */
export const MAIN_BACKEND = "upstream v5 translated";

/**
 * How many of `count` are for this target: all of them where it matters most, a
 * fifth on the other backends, and a tenth through the platform's WebSocket,
 * which takes up to 40 ms for a connection.
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

/** @throws {Error} If it is not so. */
export function check(so: boolean, otherwise: string): void {
  if (!so) throw new Error(otherwise);
}

/** MiB for each second since `begun`, a `performance.now()`. */
export function rate(mebibytes: number, begun: number): string {
  const seconds = (performance.now() - begun) / 1000;
  return `${(mebibytes / seconds).toFixed(0)} MiB/s`;
}
