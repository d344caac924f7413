// Lines of shell that several rows use; busybox knows all of it.

/** Writes `count` bytes of x to stdout. */
export function flood(count: number): string {
  return `head -c ${count} /dev/zero | tr '\\0' x`;
}

/**
 * Waits until the terminal has a size, `rows columns`, and writes it. A server
 * may start the command before it has set the first size.
 */
export function untilSize(size: string): string {
  return `until stty size 2> /dev/null | grep '^${size}$'; do sleep 0.02; done`;
}

/** Says in a file that a command has come so far. */
export function leave(file: string): string {
  return `echo left > ${file}`;
}

/** Waits for another command to {@linkcode leave} a file, and takes it away. */
export function untilLeft(file: string): string {
  return `until grep -qs left ${file}; do sleep 0.02; done; rm ${file}`;
}

/** Copies just `count` bytes of stdin: `head` may read more than it writes. */
export function take(count: number): string {
  return `dd bs=1 count=${count} 2> /dev/null`;
}

/** Writes `waits4`, waits for ctrl-c, and writes `caught2`. */
export const UNTIL_INTERRUPTED: string =
  "(trap 'echo caught$((1+1)); exit' INT; echo waits$((2+2)); " +
  "while :; do sleep 0.05; done)";
