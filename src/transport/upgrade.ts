import { responseFraming } from "../http/body_decoder.ts";
import {
  acceptFor,
  checkUpgradeResponse,
  createKey,
  encodeUpgradeRequest,
} from "../websocket/handshake.ts";
import type { Dial } from "./duplex.ts";
import { refusalOf } from "./handshake_refusal.ts";
import { HeadReader } from "./head_reader.ts";
import { dialTarget, orDropped } from "./http_exchange.ts";
import { ResponseBody } from "./response_body.ts";
import { SocketConnection } from "./socket_connection.ts";
import type { Connection, UpgradeRequest } from "./transport.ts";

/** Opens a socket and upgrades it to a WebSocket. */
export async function upgrade(
  dial: Dial,
  request: UpgradeRequest,
): Promise<Connection> {
  const { url, headers, protocols, signal } = request;
  signal.throwIfAborted();
  const key = createKey();
  const message = encodeUpgradeRequest({ url, headers, protocols, key });
  const target = dialTarget(request);
  const duplex = await dial(target);
  const reader = new HeadReader(duplex, target);
  duplex.write(message);
  return await orDropped(
    (async () => {
      const head = await reader.head;
      if (head.status !== 101) {
        const framing = responseFraming(head, "GET");
        const body = new ResponseBody(duplex, reader, framing, signal);
        throw await refusalOf(head, url.pathname, body.stream);
      }
      const protocol = checkUpgradeResponse(head, acceptFor(key), protocols);
      return new SocketConnection(duplex, reader, protocol);
    })(),
    duplex,
    signal,
  );
}
