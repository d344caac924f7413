// Calls that the server refuses for now, over real sockets.
import { assert, assertEquals } from "@std/assert";
import {
  Api,
  ApiError,
  ConfigMap,
  ConnectError,
  createClient,
  HandshakeError,
  isRunning,
  Pod,
} from "../../mod.ts";
import { eventually, rejection } from "../support/async.ts";
import { embeddedCase } from "./fixture.ts";

const soon = { headers: { "retry-after": "0" } };

for (const httpStatus of [429, 503]) {
  embeddedCase(
    `retry: every verb is repeated after ${httpStatus}, and acts once`,
    async ({ client, pods }, cluster) => {
      const configMaps = new Api(ConfigMap, { client });
      const refuse = (times = 2) =>
        cluster.requestFault = { ...soon, httpStatus, times };
      refuse();
      const made = await configMaps.create({
        metadata: { generateName: "a-" },
        data: { a: "1" },
      });
      refuse();
      const { metadata: { name } } = await configMaps.get(made.metadata.name);
      refuse();
      const list = await configMaps.list();
      assertEquals(list.items.map((it) => it.metadata.name), [name]);
      refuse();
      await configMaps.patch(name, { data: { a: "2" } });
      refuse();
      const events = configMaps.watch();
      assertEquals((await events.next()).value?.object.data, { a: "2" });
      refuse();
      await events.return!();
      await configMaps.delete(name);
      refuse(99);
      const error = await rejection(pods.list(), ApiError);
      assertEquals([error.httpStatus, error.attempts], [httpStatus, 6]);
      assertEquals(error.retryAfter, 0);
      cluster.requestFault = null;
      assertEquals((await configMaps.list()).items, []);
    },
  );

  embeddedCase(
    `retry: exec, attach and logs are repeated after ${httpStatus}, and a command runs once`,
    async ({ pods, pod }, cluster) => {
      const name = await pod({
        container: { command: ["sh", "-c", "echo on; exec sleep 60"] },
      });
      const refuse = (path: RegExp) =>
        cluster.requestFault = { ...soon, httpStatus, path, times: 2 };
      const directory = await pods.exec.run(name, {
        command: ["mktemp", "-d"],
      });
      const file = `${directory.text().trim()}/runs`;
      const count = ["sh", "-c", `echo x >> ${file}; wc -l < ${file}`];
      refuse(/\/exec$/);
      const result = await pods.exec.run(name, { command: count });
      assertEquals(result.text().trim(), "1");
      refuse(/\/exec$/);
      const session = await pods.exec.stream(name, {
        command: ["sh", "-c", `cat; ${count[2]}; rm -r ${file}`],
        stdin: true,
        stderr: false,
      });
      await session.write("through ");
      await session.closeStdin();
      const output = await new Response(session.stdout).text();
      assertEquals(output.replaceAll(" ", ""), "through2\n");
      assertEquals(await session.exitCode, 0);
      refuse(/\/attach$/);
      const attached = await pods.attach.stream(name);
      await attached.close();
      refuse(/\/log$/);
      assertEquals(await pods.logs.text(name), "on\n");
      refuse(/\/log$/);
      const retries: Error[] = [];
      const onRetry = (error: Error) => retries.push(error);
      const lines = pods.logs.lines(name, { follow: true, onRetry });
      assertEquals((await lines.next()).value, "on");
      assertEquals(retries.length, 2);
      await lines.return!();
    },
    { transports: ["socket"] },
  );
}

embeddedCase(
  "retry: false, and a delay beyond the timeout, give the refusal of exec at once",
  async ({ options, pods, pod, namespace }, cluster) => {
    const name = await pod();
    const command = ["true"];
    cluster.requestFault = { headers: { "retry-after": "9" }, path: "/exec" };
    const error = await rejection(
      pods.exec.run(name, { command, timeout: 8_000 }),
      HandshakeError,
    );
    assertEquals([error.httpStatus, error.retryAfter], [429, 9000]);
    assertEquals(error.attempts, 1);
    const client = await createClient({ ...options(), retry: false });
    cluster.requestFault = { ...soon, path: "/exec" };
    const own = new Api(Pod, { client, namespace });
    await rejection(own.exec.run(name, { command }), HandshakeError);
    assert((await own.exec.run(name, { command })).ok);
    await client.close();
  },
  { transports: ["socket"] },
);

embeddedCase(
  "retry: a transport that cannot see the answer repeats no upgrade",
  async ({ pods, pod }, cluster) => {
    const name = await pod();
    cluster.requestFault = { ...soon, path: "/exec" };
    const command = ["true"];
    const error = await rejection(
      pods.exec.run(name, { command }),
      ConnectError,
    );
    assertEquals(error.code, "UPGRADE_FAILED");
    assert((await pods.exec.run(name, { command })).ok);
  },
  { transports: ["web"] },
);

embeddedCase(
  "retry: a wait survives answers that may pass, in its get, list and watch",
  async ({ pods, pod }, cluster) => {
    const name = await pod();
    const told: number[] = [];
    const onRetry = (error: Error) => told.push((error as ApiError).httpStatus);
    const refuse = (httpStatus: number, path: RegExp) =>
      cluster.requestFault = { httpStatus, path, method: "GET", times: 2 };
    refuse(500, /\/pods\/[^/]+$/);
    await pods.waitFor(name, isRunning, { onRetry });
    assertEquals(told.splice(0), [500, 500]);
    // The list is refused, then the watch.
    const isGone = (object: unknown) => {
      if (object !== undefined) refuse(502, /\/pods$/);
      return object === undefined;
    };
    const gone = pods.waitFor(name, isGone, { onRetry });
    await eventually(() => told.length > 0);
    await pods.delete(name);
    await gone;
    assert(told.length >= 2 && told.every((it) => it === 502), `${told}`);
    cluster.requestFault = null;
  },
);
