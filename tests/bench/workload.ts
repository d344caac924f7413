import type { Contender } from "./contender.ts";
import type { Measurement, Numbers } from "./plan.ts";

/** Something to do with a client, and what to measure of it. */
export interface Workload<Own extends Numbers = Numbers> {
  readonly name: string;
  /** What it is, for the table. */
  readonly title: string;
  /** How often it is measured. */
  readonly rounds: number;
  /** The contenders that have no such thing. */
  readonly unsupported?: readonly string[];
  /**
   * How much of everything is done, for clients of any language.
   *
   * @param scale How much of the full size; 1 is all.
   */
  numbers(scale: number): Own;
  /**
   * @param name A name that no other session has.
   * @throws {Error} Something went otherwise than it should.
   */
  measure(
    contender: Contender,
    numbers: Own,
    name: string,
  ): Promise<Measurement>;
}

/** How many bytes of a command there are in each frame, unless said. */
export const FRAME = 32 * 1024;

export const MIB: number = 2 ** 20;

/** A size in MiB as bytes, scaled. */
export function scaled(mebibytes: number, scale: number): number {
  return Math.round(mebibytes * scale) * MIB;
}

/** @throws {Error} If it is not so. */
export function check(so: boolean, otherwise: string): void {
  if (!so) throw new Error(otherwise);
}
