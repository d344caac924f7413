import type { Traffic } from "./bench_server.ts";
import type { Contender } from "./contender.ts";
import type { BenchPlan, Measurement, Numbers } from "./plan.ts";

/** A workload, and how to measure it. */
export interface Workload<Own extends Numbers = Numbers> {
  readonly name: string;
  /** The title of its table. */
  readonly title: string;
  /** How often it is measured. */
  readonly rounds: number;
  /** The contenders that run it. Defaults to all. */
  readonly only?: readonly string[];
  /** The contenders that cannot run it. */
  readonly unsupported?: readonly string[];
  /** Whether the server is behind a link of 100 Mbit/s. */
  readonly slowLink?: boolean;
  /** Whether the server is the upstream one, with a port to forward. */
  readonly forwards?: boolean;
  /** Whether the server is the upstream one, with a pod to copy files of. */
  readonly copies?: boolean;
  /** The path of the server below which it behaves as this workload needs. */
  readonly prefix?: string;
  /** Figures of what passed on all of a process's connections. */
  fromServer?(traffic: Traffic): Record<string, number>;
  /**
   * The sizes and counts, for clients in any language.
   *
   * @param scale The fraction of the full size.
   */
  numbers(scale: number): Own;
  /**
   * @param name A unique name of the session.
   * @param plan What else the process was told.
   * @throws {Error} A result is wrong.
   */
  measure(
    contender: Contender,
    numbers: Own,
    name: string,
    plan: BenchPlan,
  ): Promise<Measurement>;
}

/** The default payload of a frame, in bytes. */
export const FRAME = 32 * 1024;

export const MIB: number = 2 ** 20;

/** Scales a size in MiB; returns bytes. */
export function scaled(mebibytes: number, scale: number): number {
  return Math.round(mebibytes * scale) * MIB;
}

/** @throws {Error} The condition is false. */
export function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
