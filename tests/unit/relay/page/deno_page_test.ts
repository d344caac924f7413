// Upgrades of Deno, whose function is replaced: the race that matters is rare.
import { assertEquals } from "@std/assert";
import { denoAcceptor } from "../../../../src/relay/page/deno_page.ts";
import type { AcceptedPage } from "../../../../src/relay/page/page.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";

class FakeSocket extends EventTarget {
  readonly readyState = 0;
  readonly protocol = "v5.channel.k8s.io";
  onopen: () => void = () => {};
  close(): void {}
}

/** Accepts a page whose request has this signal. */
function accept(socket: FakeSocket, signal: AbortSignal): AcceptedPage {
  const before = Object.getOwnPropertyDescriptor(globalThis, "Deno");
  const upgradeWebSocket = () => ({ socket, response: new Response(null) });
  const value = { upgradeWebSocket };
  Object.defineProperty(globalThis, "Deno", { value, configurable: true });
  try {
    const request = { signal } as Request;
    return denoAcceptor(request).accept(socket.protocol);
  } finally {
    if (before) Object.defineProperty(globalThis, "Deno", before);
    else Reflect.deleteProperty(globalThis, "Deno");
  }
}

test("a page of Deno that left before it was accepted is not waited for", async () => {
  const [left, stays] = [new AbortController(), new AbortController()];
  const gone = accept(new FakeSocket(), left.signal);
  const socket = new FakeSocket();
  const opening = accept(socket, stays.signal);
  // The end of the request comes in both cases, and the opening after it.
  left.abort();
  stays.abort();
  socket.onopen();
  const { message } = await rejection<Error>(gone.connection);
  assertEquals(message, "the page left");
  assertEquals((await opening.connection).protocol, socket.protocol);
});
