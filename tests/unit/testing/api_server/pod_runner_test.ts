import { assertEquals } from "@std/assert";
import { encodeText } from "../../../../src/bytes.ts";
import { ApiServer } from "../../../../src/testing/api_server/api_server.ts";
import { ContainerLog } from "../../../../src/testing/containers/container_log.ts";
import type {
  Container,
  ProcessOutcome,
} from "../../../../src/testing/containers/container.ts";
import { test } from "../../../harness.ts";
import { eventually, macrotask, stateOf } from "../../../support/async.ts";

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
    dial: () => Promise.reject(new Error("no ports")),
    users: null,
    startupDelay: 0,
    protocols: ["v5"],
    resources: [],
    controllers: true,
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

test("a pod that is deleted while its sidecars stop does not come back", async () => {
  const stops: PromiseWithResolvers<void>[] = [];
  const main = Promise.withResolvers<ProcessOutcome>();
  const api = new ApiServer({
    runtime: {
      start: ({ name }) => ({
        ended: name === "main" ? main.promise : new Promise(() => {}),
        log: new ContainerLog(),
        stop() {
          if (name === "main") return Promise.resolve();
          stops.push(Promise.withResolvers<void>());
          return stops.at(-1)!.promise;
        },
      } as unknown as Container),
    },
    dial: () => Promise.reject(new Error("no ports")),
    users: null,
    startupDelay: 0,
    protocols: ["v5"],
    resources: [],
    controllers: true,
    namespaces: ["default"],
  });
  const send = (method: string, path: string, body = "") => {
    const response = api.handle({
      method,
      url: new URL(`https://memory/api/v1/namespaces/default/pods${path}`),
      headers: new Headers(),
      body: encodeText(body),
      clientCertificate: null,
    });
    return JSON.parse(
      response.kind === "body" ? String(response.body) : "null",
    );
  };
  send(
    "POST",
    "",
    JSON.stringify({
      metadata: { name: "web-0" },
      spec: {
        restartPolicy: "Never",
        containers: [{ name: "main", image: "a" }],
        initContainers: [{ name: "s", image: "a", restartPolicy: "Always" }],
      },
    }),
  );
  await eventually(() => send("GET", "/web-0").status.phase === "Running");
  main.resolve({ exitCode: 0 });
  await eventually(() => stops.length === 1);
  send("DELETE", "/web-0");
  await eventually(() => stops.length === 2);
  stops[1]!.resolve();
  await eventually(() => send("GET", "").items.length === 0);
  stops[0]!.resolve();
  await api.close();
  await macrotask();
  assertEquals(send("GET", "").items, []);
});
