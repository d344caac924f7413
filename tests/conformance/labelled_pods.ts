import type { PodOptions } from "../backends/backend.ts";
import type { Fixture } from "./fixture.ts";

/** A label of its own, and the target that it is. */
export interface Labelled {
  readonly labels: Record<string, string>;
  readonly target: { readonly labelSelector: string };
}

/** A label that no other case's pods have. */
export function labelled(): Labelled {
  const value = crypto.randomUUID();
  return {
    labels: { "podwire.dev/case": value },
    target: { labelSelector: `podwire.dev/case=${value}` },
  };
}

/** Creates pods with labels, and returns their names once they run. */
export async function podsOfLabel(
  pod: Fixture["pod"],
  labels: Record<string, string>,
  count: number,
  options: readonly PodOptions[] = [],
): Promise<string[]> {
  return await Promise.all(
    Array.from(
      { length: count },
      (_, index) => pod({ ...options[index], labels }),
    ),
  );
}
