import { assertEquals } from "@std/assert";
import type {
  StreamPeer,
  StreamPeerReceiver,
} from "../../../../src/testing/api_server/api_request.ts";
import { ClientConnection } from "../../../../src/testing/port_forward/client_connection.ts";
import { test } from "../../../harness.ts";
import { eventually } from "../../../support/async.ts";

const NOTHING: StreamPeerReceiver = { part() {}, closed() {} };

/** A peer that records what is called, and its receiver. */
function recordedPeer() {
  const calls: string[] = [];
  let receiver = NOTHING;
  const peer = {
    open(it: StreamPeerReceiver) {
      receiver = it;
    },
    pause: () => calls.push("pause"),
    resume: () => calls.push("resume"),
    close: (code: number) => calls.push(`close ${code}`),
  } as unknown as StreamPeer;
  return { calls, peer, gone: () => receiver.closed() };
}

const never = new Promise<void>(() => {});

test("kit: a connection that does not wait for a port closes at once", () => {
  const { calls, peer } = recordedPeer();
  const client = new ClientConnection(peer, null);
  client.open(NOTHING);
  client.close();
  assertEquals(calls, ["close 1000"]);
});

test("kit: what a client sent to a refused port is read before the close", async () => {
  const { calls, peer } = recordedPeer();
  const client = new ClientConnection(peer, null);
  client.open(NOTHING);
  client.waitFor(never);
  client.close();
  assertEquals(calls, ["pause", "resume"]);
  await eventually(() => calls.length === 3);
  assertEquals(calls.at(-1), "close 1000");
});

test("kit: a client that leaves meanwhile is let go at once", () => {
  const { calls, peer, gone } = recordedPeer();
  const client = new ClientConnection(peer, null);
  client.open(NOTHING);
  client.waitFor(never);
  client.close();
  gone();
  assertEquals(calls, ["pause", "resume", "close 1000"]);
});
