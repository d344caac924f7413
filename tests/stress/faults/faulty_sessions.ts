import { type FaultTarget, faultySession } from "./faulty_session.ts";

/**
 * Holds sessions of consecutive seeds.
 *
 * @param crowd How many at once, so that none has to wait for the machine.
 * @returns How many ended in which way, by its name.
 * @throws {AggregateError} What is wrong with those that did not end well.
 */
export async function holdFaultySessions(
  target: FaultTarget,
  start: number,
  count: number,
  crowd = 12,
): Promise<Record<string, number>> {
  const endings: Record<string, number> = {};
  const failures: unknown[] = [];
  let seed = start;
  const work = async () => {
    while (seed < start + count) {
      try {
        const ending = await faultySession(seed++, target);
        endings[ending] = (endings[ending] ?? 0) + 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: crowd }, work));
  if (failures.length === 0) return endings;
  const [first] = failures;
  throw new AggregateError(
    failures,
    `${failures.length} of ${count} sessions ended wrongly: ${first}`,
  );
}
