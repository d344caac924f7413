import type { Api, Client, Pod } from "../../mod.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Plan } from "./plan.ts";

/** Where a load goes. */
export interface LoadTarget {
  readonly client: Client;
  readonly pods: Api<typeof Pod>;
  /** A pod with nothing to do. */
  readonly pod: string;
  readonly protocol: ChannelProtocol;
  /** Whether the server runs in this process too. */
  readonly serverInside: boolean;
  readonly plan: Plan;
}

/** Something that takes too long for a test. */
export interface Load {
  readonly name: string;
  /**
   * Does it, and says what was measured.
   *
   * @throws {Error} Something went otherwise than it should.
   */
  run(target: LoadTarget): Promise<string>;
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
