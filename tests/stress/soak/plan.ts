import type { TransportKind } from "../../backends/backend.ts";

/** How much the soak is to do. */
export interface Plan {
  /** The backends whose names contain one of these. */
  readonly backends: readonly string[];
  readonly transports: readonly TransportKind[];
  /** The loads of these names; all if there are none. */
  readonly loads: readonly string[];
  /** How many sessions one after the other. */
  readonly sessions: number;
  /** How many sessions at once. */
  readonly crowd: number;
  /** How many attached sessions at once. */
  readonly attached: number;
  /** How many sessions over fixtures that go wrong, and the seed of the first. */
  readonly faults: number;
  readonly seed: number;
  /** How many sessions a server has when it is killed. */
  readonly killed: number;
  /** How much goes down, and up. */
  readonly mebibytes: number;
  /** How many inputs for each property that is fuzzed. */
  readonly inputs: number;
}

/** What came of one load on one backend. */
export interface Report {
  readonly backend: string;
  readonly transport: string;
  readonly load: string;
  readonly seconds: number;
  /** What was measured, in words; or why the load was left out. */
  readonly figure: string;
  /** By how many MiB the process's memory was larger afterwards, and at most. */
  readonly growth: number;
  readonly peak: number;
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
}
