/** How much the soak is to do. */
export interface Plan {
  /** The grounds whose names contain one of these. */
  readonly grounds: readonly string[];
  /** The loads of these names; all if there are none. */
  readonly loads: readonly string[];
  /** How many sessions one after the other. */
  readonly sessions: number;
  /** How many sessions at once. */
  readonly crowd: number;
  /** How much goes down, and up. */
  readonly mebibytes: number;
}

/** What came of one load on one ground. */
export interface Report {
  readonly ground: string;
  readonly load: string;
  readonly seconds: number;
  /** What was measured, in words. */
  readonly figure: string;
  /** By how many MiB the process's memory was larger afterwards, and at most. */
  readonly growth: number;
  readonly peak: number;
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
}
