/** What one process is to measure. */
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
  /** How much of the full size is done; 1 is all. */
  readonly scale: number;
}

/** What one process has measured. */
export interface Measurement {
  /** Numbers by what they are of, the unit in the name. */
  readonly figures: Readonly<Record<string, number>>;
  /** The SHA-256 of what went through, where the server has to agree. */
  readonly digest?: string;
  /** How much was done at the end of the slow part, and when (`Date.now()`). */
  readonly slow?: { readonly mebibytes: number; readonly until: number };
}
