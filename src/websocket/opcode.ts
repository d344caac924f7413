/** The frame types of RFC 6455, 5.2. */
export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** The most bytes that a control frame may carry (RFC 6455, 5.5). */
export const MAX_CONTROL_PAYLOAD = 125;

/** Which end of the connection we are: a client masks, a server does not. */
export type Role = "client" | "server";
