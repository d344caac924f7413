import type { TransportKind } from "../../backends/backend.ts";

/** The size of a soak run. */
export interface Plan {
  /** Runs on the backends whose names contain one of these. */
  readonly backends: readonly string[];
  readonly transports: readonly TransportKind[];
  /** The names of the loads; empty for all. */
  readonly loads: readonly string[];
  /** How many sessions in sequence. */
  readonly sessions: number;
  /** How many concurrent sessions. */
  readonly concurrent: number;
  /** How many concurrent attached sessions. */
  readonly attached: number;
  /** How many sessions over faulty connections, and the first seed. */
  readonly faults: number;
  readonly seed: number;
  /** How many sessions are open when the server is killed. */
  readonly killed: number;
  /** The size of the download and the upload, in MiB. */
  readonly mebibytes: number;
  /** How many inputs per fuzzed property. */
  readonly inputs: number;
}

/** The result of one load on one backend. */
export interface Report {
  readonly backend: string;
  readonly transport: string;
  readonly load: string;
  readonly seconds: number;
  /** The figures in words, or why the load was skipped. */
  readonly figure: string;
  /** Growth of the process's memory afterwards, and at most, in MiB. */
  readonly growth: number;
  readonly peak: number;
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
}
