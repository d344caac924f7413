import { assert, assertEquals } from "@std/assert";
import {
  Api,
  type ClientOptions,
  ConnectError,
  createClient,
  Pod,
} from "../../mod.ts";
import { textOf } from "../support/bytes.ts";
import { rejection } from "../support/async.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

/** Checks HTTP, a command and a session with stdin. */
export async function assertReachable(
  options: ClientOptions,
  namespace: string,
  name: string,
): Promise<void> {
  const client = await createClient(options);
  const pods = new Api(Pod, { client, namespace });
  assertEquals((await pods.get(name)).metadata.name, name);
  const echo = ["echo", "through"];
  const result = await pods.exec.run(name, { command: echo });
  assertEquals(result.throwIfFailed().text(), "through\n");
  const session = await pods.exec.stream(name, {
    command: ["head", "-c", "5"],
    stdin: true,
  });
  await writtenOrEnded(session.write("hello"));
  assertEquals(await textOf(session.stdout), "hello");
  assertEquals(await session.exitCode, 0);
  await session.close();
  await client.close();
}

/** Checks that every kind of call fails with `PROXY_AUTH`, without the secret. */
export async function assertProxyRefuses(
  options: ClientOptions,
  namespace: string,
  secret: string,
): Promise<void> {
  const client = await createClient(options);
  const pods = new Api(Pod, { client, namespace });
  const command = ["true"];
  for (
    const attempt of [
      () => pods.get("web"),
      () => pods.exec.run("web", { command }),
      () => pods.exec.stream("web", { command }),
    ]
  ) {
    const error = await rejection(attempt(), ConnectError);
    assertEquals(error.code, "PROXY_AUTH");
    assert(!error.message.includes(secret), error.message);
  }
  await client.close();
}
