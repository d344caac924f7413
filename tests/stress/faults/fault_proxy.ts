import { type AddressInfo, connect, createServer } from "node:net";
import { DeferredWriteError } from "../../../src/adapters/node/node_duplex.ts";
import { Sockets } from "../../support/sockets.ts";
import { FaultEffects } from "./fault_effects.ts";
import type { Fault } from "./fault.ts";
import { type FaultyLink, FaultyPipe } from "./faulty_pipe.ts";

/** A TCP proxy that spoils connections; what runs over them it cannot read. */
export interface FaultProxy {
  /** Where to find `server` through it. */
  readonly url: string;
  readonly damage: FaultEffects;
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
  const damage = new FaultEffects();
  const closing = new AbortController();
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    sockets.add(client);
    if (fault.kind === "black hole") return damage.trigger();
    const remote = connect({
      host: target.hostname,
      port: Number(target.port),
      allowHalfOpen: true,
    });
    sockets.add(remote);
    for (const socket of [client, remote]) {
      socket.setNoDelay(true);
      new DeferredWriteError(socket); // It is read to its end.
    }
    const { signal } = closing;
    const spoiled: FaultyLink = {
      fault,
      damage,
      closing: signal,
      complete: false,
    };
    new FaultyPipe(client, remote, "up", spoiled);
    new FaultyPipe(remote, client, "down", spoiled);
  });
  await new Promise<void>((resolve) => {
    listener.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const url = new URL(server);
  url.port = `${(listener.address() as AddressInfo).port}`;
  return {
    url: url.href,
    damage,
    async close() {
      closing.abort();
      await sockets.close(listener);
    },
  };
}
