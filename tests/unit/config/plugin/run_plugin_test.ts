import { assertEquals } from "@std/assert";
import { OutputLimitError } from "../../../../src/platform/program.ts";
import { BatchArgumentError } from "../../../../src/platform/windows_program.ts";
import { encodeText } from "../../../../src/bytes.ts";
import type { ExecConfig } from "../../../../src/config/plugin/exec_config.ts";
import { runPlugin } from "../../../../src/config/plugin/run_plugin.ts";
import { parseYaml } from "../../../../src/config/yaml.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import {
  FakeHost,
  type FakeProgram,
  programOutput,
} from "../../../support/fake_host.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { rejection } from "../../../support/async.ts";

const signal = new AbortController().signal;
const plugin: ExecConfig = {
  title: 'the credential plugin "aws" of the user "u"',
  apiVersion: "client.authentication.k8s.io/v1",
  command: "aws",
  args: ["get-token", "--region", "mars", "--client-secret=argument"],
  env: { PASSWORD: "variable" },
  interactiveMode: "IfAvailable",
  installHint: null,
  provideClusterInfo: true,
};
const credential = {
  apiVersion: plugin.apiVersion,
  kind: "ExecCredential",
  status: { token: "s3cret", expirationTimestamp: "2500-01-01T00:00:00Z" },
};

const context = (host: FakeHost) => ({ host, loadYaml: () => parseYaml });

function hostOf(program: FakeProgram): FakeHost {
  return new FakeHost({ program });
}

async function failure(
  program: FakeProgram,
  settings: Partial<ExecConfig> = {},
): Promise<ConfigurationError> {
  const running = runPlugin(
    { ...plugin, ...settings },
    {},
    context(hostOf(program)),
    signal,
  );
  const error = await rejection(running, ConfigurationError);
  assertHidden(error, ["s3cret", "argument", "variable"]);
  return error;
}

test("runPlugin: what a batch file of Windows cannot be given is an error without it", async () => {
  const program = () => Promise.reject(new BatchArgumentError());
  const { message } = await failure(program);
  assertEquals(message.includes("it is a batch file"), true, message);
});

test("runPlugin: the plugin's input and output", async () => {
  const host = hostOf(() => Promise.resolve(programOutput(credential)));
  const cluster = { server: "https://server.test" };
  const issued = await runPlugin(plugin, cluster, context(host), signal);
  assertEquals(issued, {
    credentials: { authorization: "Bearer s3cret" },
    expiresAt: Date.UTC(2500, 0),
  });
  const [{ command, args, env, interactive }] = host.programs as [
    typeof host.programs[0],
  ];
  assertEquals([command, args, interactive], ["aws", plugin.args, false]);
  assertEquals(Object.keys(env), ["PASSWORD", "KUBERNETES_EXEC_INFO"]);
  assertEquals(env.PASSWORD, "variable");
  assertEquals(JSON.parse(env.KUBERNETES_EXEC_INFO!).spec, {
    cluster,
    interactive: false,
  });
});

test("runPlugin: interactive if there is a terminal and the plugin allows it", async () => {
  const modes: [mode: ExecConfig["interactiveMode"], asks: boolean][] = [
    ["Never", false],
    ["IfAvailable", true],
    ["Always", true],
  ];
  for (const [interactiveMode, asks] of modes) {
    const host = hostOf(() => Promise.resolve(programOutput(credential)));
    host.terminal = true;
    await runPlugin({ ...plugin, interactiveMode }, {}, context(host), signal);
    const [program] = host.programs;
    assertEquals(program?.interactive, asks);
    const info = JSON.parse(program!.env.KUBERNETES_EXEC_INFO!);
    assertEquals(info.spec.interactive, asks);
  }
});

test("runPlugin: interactiveMode Always requires a terminal", async () => {
  const host = hostOf(() => Promise.resolve(programOutput(credential)));
  const always = { ...plugin, interactiveMode: "Always" as const };
  const error = await rejection<Error>(
    runPlugin(always, {}, context(host), signal),
    ConfigurationError,
  );
  assertEquals(
    error.message,
    'Cannot run the credential plugin "aws" of the user "u": ' +
      "its interactiveMode is Always, and stdin is not a terminal",
  );
  assertEquals(host.programs, []);
});

test("runPlugin: a missing program's error has the install hint without escapes", async () => {
  const missing = () =>
    Promise.reject(Object.assign(new Error("spawn"), { code: "ENOENT" }));
  const plain = await failure(missing);
  assertEquals(
    plain.message,
    'Cannot run the credential plugin "aws" of the user "u": there is no ' +
      "such program, or the interpreter of a script is missing; install it, or put it on the PATH",
  );
  const installHint = "Get it:\n  \x1b[1mbrew install awscli\x1b[0m\n";
  const hinted = await failure(missing, { installHint });
  assertEquals(
    hinted.message.split("; ")[1],
    "Get it:\n  brew install awscli",
  );
});

test("runPlugin: the error of a program that cannot be started names the reason", async () => {
  const notCapable = new Error("Requires run access");
  notCapable.name = "NotCapable";
  const problems: [error: Error, problem: string][] = [
    [
      Object.assign(new Error(), { code: "EACCES" }),
      "it is not an executable program (EACCES)",
    ],
    [
      Object.assign(new Error(), { code: "E2BIG" }),
      "it cannot be started (E2BIG)",
    ],
    [new RangeError("odd"), "it cannot be started (RangeError)"],
    [
      notCapable,
      "this process may not run programs; Deno requires --allow-run and --allow-env",
    ],
    [new OutputLimitError("odd"), "it wrote more than 1048576 bytes"],
  ];
  for (const [cause, problem] of problems) {
    const error = await failure(() => Promise.reject(cause));
    assertEquals(error.message.split("): ").at(-1)?.endsWith(problem), true);
    assertEquals(error.cause, undefined);
  }
});

test("runPlugin: a failure's error has the exit code and stderr", async () => {
  const silent = await failure(() => Promise.resolve({ exitCode: 255 }));
  assertEquals(
    silent.message,
    'Cannot run the credential plugin "aws" of the user "u": ' +
      "it ended with exit code 255",
  );
  const killed = { exitCode: null, signal: "SIGKILL" };
  const ended = await failure(() => Promise.resolve(killed));
  assertEquals(ended.message.endsWith(": it was ended by SIGKILL"), true);
  const stderr = encodeText("Unable to locate credentials.\n");
  const told = await failure(() => Promise.resolve({ exitCode: 1, stderr }));
  assertEquals(
    told.message.endsWith("exit code 1: Unable to locate credentials."),
    true,
  );
});

test("runPlugin: an error quotes no secret of stderr", async () => {
  const words = "get-token in mars with argument and variable for swordfish";
  const error = await failure(() =>
    Promise.resolve({
      ...programOutput('{"token":"swordfish"}'),
      exitCode: 1,
      stderr: encodeText(words),
    })
  );
  assertEquals(
    error.message.split("exit code 1: ")[1],
    "get-token in *** with *** and *** for ***",
  );
});

test("runPlugin: invalid output is an error that names the plugin", async () => {
  const error = await failure(() => Promise.resolve(programOutput("s3cret")));
  assertEquals(
    error.message,
    'Cannot use the output of the credential plugin "aws" of the user "u": ' +
      "it is not an object in JSON or YAML",
  );
});

test("runPlugin: an abort rejects with the signal's reason, whatever the runtime throws", async () => {
  const abort = new AbortController();
  const host = hostOf(() => {
    abort.abort("enough");
    return Promise.reject(new Error("killed"));
  });
  const running = runPlugin(plugin, {}, context(host), abort.signal);
  assertEquals(await rejection(running), "enough");
});

test("runPlugin: output in YAML, unless its parser cannot be loaded", async () => {
  const output =
    `# comment\napiVersion: ${plugin.apiVersion}\nstatus: {token: t}`;
  const host = hostOf(() => Promise.resolve(programOutput(output)));
  const issued = await runPlugin(plugin, {}, context(host), signal);
  assertEquals(issued.credentials, { authorization: "Bearer t" });
  const bundled = () => Promise.reject(new Error("not here"));
  for (const loadYaml of [null, bundled]) {
    const error = await rejection(
      runPlugin(plugin, {}, { host, loadYaml }, signal),
      ConfigurationError,
    );
    assertEquals(
      error.message.split(": ").at(-1),
      "it is not an object in JSON or YAML",
    );
  }
});
