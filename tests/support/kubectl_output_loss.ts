/** How often to run a kubectl command that loses output. */
export const KUBECTL_TRIES = 5;

/**
 * Whether kubectl lost output by its own fault: on a busy core it may read
 * before its streams are ready, and discards those messages.
 *
 * @param stderr What kubectl wrote to stderr.
 */
export function kubectlLostOutput(stderr: string): boolean {
  return /Unknown stream id \d, discarding message/.test(stderr);
}
