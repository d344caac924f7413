import { assert, assertEquals } from "@std/assert";
import { ProtocolError } from "../../../src/errors.ts";
import { createWebTransport } from "../../../src/adapters/web/web_transport.ts";
import type { CloseInfo } from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";

/** A standard WebSocket whose server never answers a close. */
class MuteSocket extends EventTarget {
  readonly protocol = "v5.channel.k8s.io";
  readonly bufferedAmount = 0;
  readyState = 0;
  binaryType = "blob";

  constructor() {
    super();
    queueMicrotask(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }

  send(): void {}

  close(): void {
    this.readyState = 2;
  }
}

test("webTransport: after a text frame the socket is let go of within about a second, whatever the server does", async () => {
  let socket: MuteSocket | undefined;
  const transport = createWebTransport({
    webSocket: () => (socket = new MuteSocket()) as unknown as WebSocket,
  }, {
    delaysLastMessage: false,
    needsPreflight: () => false,
  });
  const connection = await transport.connect({
    url: new URL("http://127.0.0.1/"),
    protocols: ["v5.channel.k8s.io"],
    headers: {},
    tls: {},
    proxy: null,
    signal: new AbortController().signal,
  });
  const closed = Promise.withResolvers<CloseInfo>();
  connection.open({
    data() {},
    drained() {},
    pong() {},
    closed: closed.resolve,
  });
  await Promise.resolve();
  socket?.dispatchEvent(new MessageEvent("message", { data: "text" }));
  assert((await closed.promise).error instanceof ProtocolError);
  connection.close();
  const begun = performance.now();
  await connection.released;
  assertEquals(performance.now() - begun < 3_000, true);
});
