import type { Socket } from "node:net";
import { type Bytes, concatBytes } from "../bytes.ts";
import type { TunnelEnd } from "../transport/proxy/tunnel_end.ts";

/** A socket to a proxy; it reads only while asked to, for the rest is TLS's. */
export function nodeTunnelEnd(socket: Socket): TunnelEnd {
  return {
    read: () => readOnce(socket),
    write: (bytes) => {
      socket.write(bytes);
      return Promise.resolve();
    },
  };
}

function readOnce(socket: Socket): Promise<Bytes | null> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.pause();
      socket.off("data", onData);
      socket.off("error", onError);
      socket.off("end", onEnd);
      socket.off("close", onEnd);
    };
    const onData = (chunk: Uint8Array): void => {
      finish();
      resolve(concatBytes([chunk]));
    };
    const onError = (error: Error): void => {
      finish();
      reject(error);
    };
    const onEnd = (): void => {
      finish();
      resolve(null);
    };
    socket.on("data", onData);
    socket.on("error", onError);
    socket.on("end", onEnd);
    socket.on("close", onEnd);
    socket.resume();
  });
}
