/** A workload's sizes, times and counts by their names. */
export type Numbers = Readonly<Record<string, number>>;

/** What one process is to measure; the variable `PODWIRE_BENCH` has it. */
export interface BenchPlan {
  readonly contender: string;
  readonly workload: string;
  /** The URL of the server. */
  readonly server: string;
  /** The certificate authority to trust, PEM. */
  readonly authority: string;
  /** The folder where peers are installed. */
  readonly peers: string;
  /** A name that no other session has. */
  readonly name: string;
  readonly numbers: Numbers;
}

/** What one process has measured: the last line that it prints. */
export interface Measurement {
  /** Numbers by what they are of, the unit in the name. */
  readonly figures: Readonly<Record<string, number>>;
  /** The SHA-256 of what went through, where the server has to agree. */
  readonly digest?: string;
  /** How much was done at the end of the slow part, and when (`Date.now()`). */
  readonly slow?: { readonly mebibytes: number; readonly until: number };
}
