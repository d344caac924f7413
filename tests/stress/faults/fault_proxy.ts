import { type AddressInfo, connect, createServer } from "node:net";
import { DeferredWriteError } from "../../../src/adapters/node/node_duplex.ts";
import { Sockets } from "../../support/sockets.ts";
import { FaultEffects } from "./fault_effects.ts";
import type { Fault } from "./fault.ts";
import { type FaultyLink, FaultyPipe } from "./faulty_pipe.ts";

/** A TCP proxy that breaks connections, without reading their content. */
export interface FaultProxy {
  /** The server's URL, through the proxy. */
  readonly url: string;
  readonly effects: FaultEffects;
  close(): Promise<void>;
}

/**
 * Listens on a free port of 127.0.0.1, in front of one server.
 *
 * @param server Its URL, path prefix included.
 */
export async function startFaultProxy(
  server: string,
  fault: Fault,
): Promise<FaultProxy> {
  const target = new URL(server);
  const sockets = new Sockets();
  const effects = new FaultEffects();
  const closing = new AbortController();
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    sockets.add(client);
    if (fault.kind === "black hole") return effects.trigger();
    const remote = connect({
      host: target.hostname,
      port: Number(target.port),
      allowHalfOpen: true,
    });
    sockets.add(remote);
    for (const socket of [client, remote]) {
      socket.setNoDelay(true);
      new DeferredWriteError(socket); // Read to the end after a failed write.
    }
    const { signal } = closing;
    const link: FaultyLink = {
      fault,
      effects,
      closing: signal,
      complete: false,
    };
    new FaultyPipe(client, remote, "up", link);
    new FaultyPipe(remote, client, "down", link);
  });
  await new Promise<void>((resolve) => {
    listener.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const url = new URL(server);
  url.port = `${(listener.address() as AddressInfo).port}`;
  return {
    url: url.href,
    effects,
    async close() {
      closing.abort();
      await sockets.close(listener);
    },
  };
}
