// Shell code shared by several test cases, limited to what busybox supports.

/** Writes `count` bytes of x to stdout. */
export function flood(count: number): string {
  return `head -c ${count} /dev/zero | tr '\\0' x`;
}

/**
 * Waits until the terminal has the size `rows columns`, and prints it. A server
 * may start the command before it sets the first size.
 */
export function untilSize(size: string): string {
  return `until stty size 2> /dev/null | grep '^${size}$'; do sleep 0.02; done`;
}

/** Creates a file, to signal that the command has reached this point. */
export function leave(file: string): string {
  return `echo left > ${file}`;
}

/** Waits until another command creates the file ({@linkcode leave}), and removes it. */
export function untilLeft(file: string): string {
  return `until grep -qs left ${file}; do sleep 0.02; done; rm ${file}`;
}

/** Copies exactly `count` bytes of stdin: `head` may read more than it writes. */
export function take(count: number): string {
  return `dd bs=1 count=${count} 2> /dev/null`;
}

/** Prints `waits4`, waits for ctrl-c, and prints `caught2`. */
export const UNTIL_INTERRUPTED: string =
  "(trap 'echo caught$((1+1)); exit' INT; echo waits$((2+2)); " +
  "while :; do sleep 0.05; done)";
