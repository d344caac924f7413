/**
 * The first byte of every message, in both directions (Kubernetes `v4` and
 * `v5.channel.k8s.io`; `close` is v5's alone and goes to the server only).
 */
export const CHANNEL = {
  stdin: 0,
  stdout: 1,
  stderr: 2,
  /** The server's last word: a `Status` as JSON. */
  status: 3,
  resize: 4,
  /** Ends the channel that its payload names. */
  close: 255,
} as const;
