// Credential plugins: scripts that count their runs.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import {
  Api,
  ApiError,
  type Client,
  ConfigurationError,
  ConnectError,
  createClient,
  HandshakeError,
  Pod,
} from "../../mod.ts";
import {
  type FakePlugin,
  FUTURE,
  kubeconfigFor,
  makePlugin,
  PAST,
  V1,
} from "../support/fake_plugin.ts";
import { test } from "../harness.ts";
import { type TempFolder, withTempFolder } from "../support/temp_folder.ts";
import { assertHidden } from "../support/secrets.ts";
import { rejection } from "../support/async.ts";
import { embeddedCase, type Fixture, testCase } from "./fixture.ts";

const command = ["echo", "in"];

/** A user with a plugin. */
interface Login {
  readonly plugin: FakePlugin;
  readonly client: Client;
  readonly pods: Api<typeof Pod>;
  readonly folder: TempFolder;
}

/** Runs `body` with a client whose user has a plugin. */
function withPlugin(
  fixture: Fixture,
  body: (login: Login) => Promise<void>,
  ending = "",
): Promise<void> {
  return withTempFolder(async (folder) => {
    const plugin = await makePlugin(folder, ending);
    const options = fixture.options();
    const client = await createClient({
      kubeconfig: kubeconfigFor(options, { exec: plugin.exec }, folder),
      transport: options.transport,
    });
    try {
      const pods = new Api(Pod, { client, namespace: fixture.namespace });
      await body({ plugin, client, pods, folder });
    } finally {
      await client.close();
    }
  });
}

testCase(
  "plugin: HTTP and WebSocket use its token, and concurrent calls share one run",
  async (fixture) => {
    const name = await fixture.pod();
    await withPlugin(fixture, async ({ plugin, pods }) => {
      await plugin.issue({ token: fixture.options().token });
      const [pod, ran] = await Promise.all([
        pods.get(name),
        pods.exec.run(name, { command }),
      ]);
      assertEquals([pod.metadata.name, ran.text()], [name, "in\n"]);
      await pods.exec.run(name, { command });
      assertEquals(await plugin.runs(), 1);
    });
  },
);

testCase(
  "plugin: it runs again after its credentials expire, once for all concurrent calls",
  async (fixture) => {
    const name = await fixture.pod();
    await withPlugin(fixture, async ({ plugin, pods }) => {
      const { token } = fixture.options();
      await plugin.issue(
        { token, expirationTimestamp: PAST },
        { token, expirationTimestamp: FUTURE },
      );
      const all = () => Promise.all([1, 2, 3].map(() => pods.get(name)));
      const counts = [];
      for (let round = 0; round < 3; round++) {
        await all();
        counts.push(await plugin.runs());
      }
      assertEquals(counts, [1, 2, 2]);
    });
  },
  { transports: ["socket"] },
);

testCase(
  "plugin: a refused token is issued anew, for a verb and for a session",
  async (fixture) => {
    const name = await fixture.pod();
    const { token } = fixture.options();
    const uses = [
      (pods: Api<typeof Pod>) => pods.get(name),
      (pods: Api<typeof Pod>) => pods.exec.run(name, { command }),
    ];
    for (const use of uses) {
      await withPlugin(fixture, async ({ plugin, pods }) => {
        await plugin.issue({ token: "stale" }, { token });
        await Promise.all([use(pods), use(pods)]);
        await use(pods);
        assertEquals(await plugin.runs(), 2);
      });
    }
  },
  { transports: ["socket"] },
);

testCase(
  "plugin: a second refusal is the call's error",
  async (fixture) => {
    const name = await fixture.pod();
    await withPlugin(fixture, async ({ plugin, pods }) => {
      await plugin.issue({ token: "stale" }, { token: "stale-too" });
      const verb = await rejection<ApiError>(pods.get(name), ApiError);
      assertEquals([verb.httpStatus, verb.reason], [401, "Unauthorized"]);
      assertEquals(await plugin.runs(), 2);
      const session = await rejection<HandshakeError>(
        pods.exec.run(name, { command }),
        HandshakeError,
      );
      assertEquals(session.httpStatus, 401);
      for (const error of [verb, session]) assertHidden(error, ["stale"]);
    });
  },
  { transports: ["socket"] },
);

testCase(
  "plugin: if the transport hides the answer to an upgrade, only a verb renews",
  async (fixture) => {
    const name = await fixture.pod();
    await withPlugin(fixture, async ({ plugin, pods }) => {
      await plugin.issue({ token: "stale" }, {
        token: fixture.options().token,
      });
      const blind = await rejection<ConnectError>(
        pods.exec.run(name, { command }),
        ConnectError,
      );
      assertEquals([blind.code, await plugin.runs()], ["UPGRADE_FAILED", 1]);
      await pods.get(name);
      await pods.exec.run(name, { command });
      assertEquals(await plugin.runs(), 2);
    });
  },
  { transports: ["web"] },
);

testCase(
  "plugin: each connection uses its own certificate, never an older one",
  async (fixture) => {
    const name = await fixture.pod();
    const [admin, viewer] = [
      await fixture.certificate("admin"),
      await fixture.certificate("viewer"),
    ];
    if (admin === null || viewer === null) return;
    const [asAdmin, asViewer] = [admin, viewer].map((pair) => ({
      clientCertificateData: pair.certificate,
      clientKeyData: pair.key,
      expirationTimestamp: PAST,
    }));
    await withPlugin(fixture, async ({ plugin, pods }) => {
      await plugin.issue(asAdmin!, asViewer!, asAdmin!, asViewer!);
      const run = () => pods.exec.run(name, { command });
      assertEquals((await run()).text(), "in\n");
      assertEquals((await rejection<HandshakeError>(run())).httpStatus, 403);
      assertEquals((await run()).text(), "in\n");
      const denied = await rejection<ApiError>(pods.delete(name), ApiError);
      assertEquals(denied.httpStatus, 403);
      assertEquals(await plugin.runs(), 4);
    });
  },
  { transports: ["socket"], needs: ["certificates", "users"] },
);

testCase(
  "plugin: an abort does not affect other calls, closing the client ends the plugin",
  async (fixture) => {
    await withPlugin(fixture, async ({ plugin, pods, client, folder }) => {
      await plugin.issue({ token: "never used" });
      const abort = new AbortController();
      const one = rejection(pods.get("x", { signal: abort.signal }));
      const other = rejection<Error>(pods.get("x"));
      const pid = Number(await folder.firstLine("runs"));
      abort.abort("enough");
      assertEquals(await one, "enough");
      assertEquals(process.kill(pid, 0), true);
      await client.close();
      assertEquals((await other).message.includes("is closed"), true);
      assertEquals(await readFile(`/proc/${pid}/stat`).catch(() => null), null);
      assertEquals(await plugin.runs(), 1);
    }, "exec sleep 100");
  },
  { transports: ["socket"] },
);

testCase(
  "plugin: a failure is the call's error, with the reason and no secret",
  async (fixture) => {
    const ending = 'echo "you have to log in first (s3cret-1)" >&2; exit 4';
    await withPlugin(fixture, async ({ plugin, pods }) => {
      await plugin.issue({ token: "s3cret-2" });
      const calls = [pods.get("x"), pods.exec.run("x", { command })];
      for (const call of calls.map((it) => rejection(it, ConfigurationError))) {
        const { message } = await call as Error;
        assertEquals(
          message.slice(message.indexOf(": ")),
          ": it ended with exit code 4: you have to log in first ***",
        );
        assertEquals(
          message.startsWith("Cannot run the credential plugin"),
          true,
        );
        assertHidden(await call, ["s3cret"]);
      }
    }, ending);
  },
  { transports: ["socket"] },
);

test("plugin: a plugin that cannot be started is the call's error, without its arguments", () =>
  withTempFolder(async (folder) => {
    await writeFile(join(folder.path, "no-program"), "");
    const login = {
      apiVersion: V1,
      interactiveMode: "Never",
      args: ["--password", "s3cret-1"],
      env: [{ name: "PASSWORD", value: "s3cret-2" }],
    };
    const problems: [command: string, problem: string][] = [
      ["podwire-no-such-plugin", "there is no such program"],
      ["./missing", "there is no such program"],
      ["./no-program", "it is not an executable program (EACCES)"],
    ];
    for (const [command, problem] of problems) {
      const options = { server: "https://127.0.0.1:1" };
      const user = { exec: { ...login, command } };
      const kubeconfig = kubeconfigFor(options, user, folder);
      const client = await createClient({ kubeconfig });
      const error = await rejection<Error>(
        new Api(Pod, { client }).get("x"),
        ConfigurationError,
      );
      assertStringIncludes(error.message, problem);
      assertHidden(error, ["s3cret"]);
      await client.close();
    }
  }));

testCase(
  "login: a token function is called again after a 401",
  async (fixture) => {
    const name = await fixture.pod();
    const { token, ...options } = fixture.options();
    const answers = ["stale", token, "stale", token] as string[];
    const client = await createClient({
      ...options,
      token: () => Promise.resolve(answers.shift()!),
    });
    const pods = new Api(Pod, { client, namespace: fixture.namespace });
    await pods.get(name);
    await pods.exec.run(name, { command });
    assertEquals(answers, []);
    await client.close();
  },
  { transports: ["socket"] },
);

const rotating = { name: "rotating", token: "first" };

embeddedCase(
  "login: a token file is followed as its token rotates",
  (fixture) =>
    withTempFolder(async (folder) => {
      const name = await fixture.pod();
      const file = join(folder.path, "token");
      const user = { tokenFile: "token" };
      await writeFile(file, "first\n");
      rotating.token = "first";
      const { transport } = fixture.options();
      const client = await createClient({
        kubeconfig: kubeconfigFor(fixture.options(), user, folder),
        transport,
      });
      const pods = new Api(Pod, { client });
      await pods.get(name);
      rotating.token = "second";
      const refused = await rejection<ApiError>(pods.get(name), ApiError);
      assertEquals(refused.httpStatus, 401);
      await writeFile(file, "second\n");
      await pods.get(name);
      await pods.exec.run(name, { command });
      await client.close();
    }),
  { cluster: { users: [rotating] } },
);
