/** How often kubectl is asked at most when it loses what it was told. */
export const KUBECTL_TRIES = 5;

/**
 * Whether a kubectl has lost output by its own fault: on a busy core it reads
 * before it is ready to, and throws away what came.
 *
 * @param said What it wrote to its stderr.
 */
export function kubectlLostOutput(said: string): boolean {
  return /Unknown stream id \d, discarding message/.test(said);
}
