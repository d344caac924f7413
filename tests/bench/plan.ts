/** A workload's sizes, times and counts, by name. */
export type Numbers = Readonly<Record<string, number>>;

/** What one process measures; passed in the variable `PODWIRE_BENCH`. */
export interface BenchPlan {
  readonly contender: string;
  readonly workload: string;
  /** The URL of the server. */
  readonly server: string;
  /** The bearer token for it. */
  readonly token: string;
  /** The certificate authority to trust, PEM. */
  readonly authority: string;
  /** The folder where peers are installed. */
  readonly peers: string;
  /** A unique name of the session. */
  readonly name: string;
  readonly numbers: Numbers;
  /** Only for a workload that forwards. */
  readonly forward?: ForwardPlan;
  /** Only for a workload that copies. */
  readonly copy?: CopyPlan;
}

/** What a workload forwards. */
export interface ForwardPlan {
  /** The program of forward_peer/, which is the local program. */
  readonly peer: string;
  /** The pod, and its port. */
  readonly pod: string;
  readonly port: number;
}

/** What a workload copies. */
export interface CopyPlan {
  readonly pod: string;
  /** The folder of the sources and the copies; the pod has it, too. */
  readonly folder: string;
  readonly sources: CopySources;
}

/** A large file, and a tree of small ones. */
export interface CopySources {
  readonly file: CopySource;
  readonly tree: CopySource;
}

/** Something to copy. */
export interface CopySource {
  /** In the folder. */
  readonly path: string;
  /** Of all its files. */
  readonly bytes: number;
  /** See `digestOf`. */
  readonly digest: string;
}

/** The measurement of one process: the last line that it prints. */
export interface Measurement {
  /** Figures by name; the name has the unit. */
  readonly figures: Readonly<Record<string, number>>;
  /** The SHA-256 of the data, to compare with the server's. */
  readonly digest?: string;
  /** The progress at the end of the slow part, and its time (`Date.now()`). */
  readonly slow?: { readonly mebibytes: number; readonly until: number };
  /** Why this client cannot run the workload: it gets no row. */
  readonly skipped?: string;
}
