import { assertEquals } from "@std/assert";
import { ApiServer } from "../../../../src/testing/api_server/api_server.ts";
import { ContainerLog } from "../../../../src/testing/containers/container_log.ts";
import type {
  Container,
  ProcessOutcome,
} from "../../../../src/testing/containers/container.ts";
import { test } from "../../../harness.ts";
import { stateOf } from "../../../support/async.ts";

test("close waits for a pod that was being deleted already", async () => {
  const stops: PromiseWithResolvers<void>[] = [];
  const container = {
    ended: new Promise<ProcessOutcome>(() => {}),
    log: new ContainerLog(),
    stop() {
      stops.push(Promise.withResolvers<void>());
      return stops.at(-1)!.promise;
    },
  } as unknown as Container;
  const api = new ApiServer({
    runtime: { start: () => container },
    users: null,
    startupDelay: 0,
    protocols: ["v5"],
    resources: [],
    namespaces: ["default"],
  });
  api.addRunning("web-0", "default");
  api.handle({
    method: "DELETE",
    url: new URL("https://memory/api/v1/namespaces/default/pods/web-0"),
    headers: new Headers(),
    body: new Uint8Array(),
    clientCertificate: null,
  });
  const closed = api.close();
  assertEquals(stops.length, 2);
  stops[1]!.resolve();
  assertEquals(await stateOf(closed), "pending");
  stops[0]!.resolve();
  await closed;
});
