/** Something that a test waits for, such as a program. */
export interface Observation {
  /** Its state, for the message of a timeout. */
  describe(): string;
  /** Ends what a timeout would leave running. */
  stop?(): void;
}

/** What the running test waits for. */
const observations = new Set<Observation>();

/**
 * Adds a description to the message of the running test's timeout.
 *
 * @returns A function that removes it.
 */
export function observe(observation: Observation): () => void {
  observations.add(observation);
  return () => void observations.delete(observation);
}

/** Forgets what earlier tests observed. */
export function forgetObservations(): void {
  observations.clear();
}

/** Describes everything that is observed, one line each, and stops it. */
export function stopObserved(): string {
  const all = [...observations];
  observations.clear();
  const lines = all.map((observation) => `\n- ${observation.describe()}`);
  for (const observation of all) observation.stop?.();
  return lines.join("");
}

/** The most characters of a text that a description shows. */
const SHOWN = 2_000;

/** The end of a text, quoted. */
export function quotedEnd(text: string): string {
  const cut = text.length > SHOWN ? "..." : "";
  return cut + JSON.stringify(text.slice(-SHOWN));
}
