import type { Socket } from "node:net";

/**
 * Makes `destroy` of a socket that connects wait for the connection: Deno 2.5
 * and 2.6 forget a socket that is destroyed meanwhile, and never close what then
 * comes to be. With an error, the attempt itself has failed, and nothing comes.
 *
 * @param socket A socket of `node:net`, in the turn in which it was made.
 */
export function destroyOnceConnected(socket: Socket): void {
  const { destroy } = socket;
  let waiting = false;
  socket.destroy = (error) => {
    if (!socket.connecting || error) return destroy.call(socket, error);
    if (!waiting) socket.once("connect", () => destroy.call(socket));
    waiting = true;
    return socket;
  };
}
