// Commands with a directory and variables, and commands that are killed.
import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  type Api,
  BufferOverflowError,
  CallTimeoutError,
  type ExecRunOptions,
  type Pod,
  SessionEndedError,
  ShellNotFoundError,
  StdinError,
} from "../../mod.ts";
import { rejection } from "../support/async.ts";
import { testCase } from "./fixture.ts";

/** Prints each of its words in angle brackets, and nothing else. */
const WORDS = ["sh", "-c", `printf '<%s>' "$@"; exit 7`, "sh"];

const AWKWARD = [
  "a b",
  "",
  "$HOME `id` $(id)",
  'it\'s "q"\n',
  "-n",
  "ü*\\",
  "",
];

testCase(
  "setting: argv, the exit code and the output are the command's",
  async ({ pods, pod }) => {
    const name = await pod();
    const settings: Partial<ExecRunOptions>[] = [
      { cwd: "/" },
      { env: { A: "1" } },
      { cwd: "/", env: { A: "1", B: undefined } },
      { killOnAbort: true },
      { cwd: "/", env: { A: "1" }, killOnAbort: "KILL" },
    ];
    for (const setting of settings) {
      const command = [...WORDS, ...AWKWARD];
      const result = await pods.exec.run(name, { command, ...setting });
      assertEquals(result.text(), AWKWARD.map((word) => `<${word}>`).join(""));
      assertEquals([result.exitCode, result.stderrText()], [7, ""]);
    }
  },
);

testCase("setting: the directory and the variables", async ({ pods, pod }) => {
  const name = await pod({
    container: { env: [{ name: "KEPT", value: "k" }] },
  });
  const env: Record<string, string> = {
    QUOTED: `'"\`$HOME\\n`,
    LINES: "one\ntwo\n",
    EMPTY: "",
    ÜMLAUT: "",
    UTF8: "\u{1F600}\u00A0\u2028",
    _1: "under",
  };
  delete env.ÜMLAUT;
  for (let index = 0; index < 12; index++) env[`MANY${index}`] = `${index}`;
  const command = [
    "sh",
    "-c",
    'printf "%s|" "$PWD" "$KEPT" "$QUOTED" "$LINES" "${EMPTY-unset}" "$UTF8" "$_1" "$MANY0" "$MANY11"',
  ];
  const expected =
    `/tmp|k|'"\`$HOME\\n|one\ntwo\n||\u{1F600}\u00A0\u2028|under|0|11|`;
  const result = await pods.exec.run(name, { command, cwd: "/tmp", env });
  assertEquals(result.text(), expected);
  const session = await pods.exec.stream(name, { command, cwd: "/tmp", env });
  let text = "";
  for await (const chunk of session.stdout) {
    text += new TextDecoder().decode(chunk);
  }
  assertEquals([text, await session.exitCode], [expected, 0]);
});

testCase("setting: variables that the shell itself uses", async (fixture) => {
  const { pods, pod } = fixture;
  const result = await pods.exec.run(await pod(), {
    command: ["sh", "-c", 'printf "%s" "$*"; exit 3', "sh", "a b", "c"],
    env: { IFS: ",", PS4: "+", OPTIND: "1" },
    killOnAbort: true,
  });
  assertEquals(result.exitCode, 3);
  assertEquals(result.stderrText(), "");
  assertEquals(result.text().replace(",", " "), "a b c");
});

testCase("setting: stdin reaches the command", async ({ pods, pod }) => {
  const name = await pod();
  const options = { cwd: "/", env: { A: "x" }, killOnAbort: true } as const;
  const command = ["sh", "-c", 'cat; printf %s "$A"'];
  const result = await pods.exec.run(name, {
    command,
    stdin: "in",
    ...options,
  });
  assertEquals(result.text(), "inx");
}, { protocol: "v5.channel.k8s.io" });

testCase(
  "setting: a directory that does not exist is exit code 125",
  async ({ pods, pod }) => {
    const name = await pod();
    const options = { command: ["echo", "ran"], cwd: "/none/such" };
    const result = await pods.exec.run(name, options);
    assertEquals([result.exitCode, result.text()], [125, ""]);
    assertMatch(result.stderrText(), /cd: .*\/none\/such/);
    const session = await pods.exec.stream(name, options);
    assertEquals(await session.exitCode, 125);
  },
);

testCase(
  "setting: sh tells by 127 and 126 why the command did not start",
  async ({ pods, pod }) => {
    const name = await pod();
    for (
      const [word, code] of [["no-such-command", 127], ["/", 126]] as const
    ) {
      const command = [word];
      const result = await pods.exec.run(name, { command, cwd: "/" });
      assertEquals(result.exitCode, code);
      assertStringIncludes(result.stderrText(), word);
    }
  },
);

testCase("setting: a container without sh", async ({ pods, pod }) => {
  // The program of the container is looked up on another path.
  const command = ["/bin/sleep", "1000"];
  const env = [{ name: "PATH", value: "/nonexistent" }];
  const name = await pod({ container: { command, env } });
  const settings: Partial<ExecRunOptions>[] = [
    { cwd: "/" },
    { env: { A: "" } },
    { killOnAbort: true },
  ];
  for (const setting of settings) {
    const options = { command: ["/bin/echo", "ran"], ...setting };
    const error = await rejection(
      pods.exec.run(name, options),
      ShellNotFoundError,
    );
    assertStringIncludes(error.message, "the container has no sh");
    assertNotEquals(error.status, null);
  }
  const options = { command: ["/bin/echo", "ran"], cwd: "/" };
  const session = await pods.exec.stream(name, options);
  await rejection(session.waitForStatus(), ShellNotFoundError);
  // Another missing program is the runtime's status, as ever.
  const other = await pods.exec.run(name, { command: ["nope"] });
  assertEquals(other.exitCode, null);
});

/** Prints the PIDs of itself and of a child, then waits, and ignores nothing. */
const FAMILY = ["sh", "-c", 'sleep 1000 & echo "$$ $!"; wait'];

/** The PIDs in the output so far. */
function pidsIn(text: string): number[] {
  return text.split(/\s+/).filter((word) => word !== "").map(Number);
}

/** Runs until a timeout; with ever longer ones, until `count` PIDs were printed. */
async function untilTimeout(
  pods: Api<typeof Pod>,
  name: string,
  options: Omit<ExecRunOptions, "timeout">,
  count: number,
): Promise<{ error: CallTimeoutError; pids: number[]; told: boolean[] }> {
  for (let timeout = 400;; timeout *= 2) {
    const told: boolean[] = [];
    const onKilled = (killed: boolean) => told.push(killed);
    const error = await rejection(
      pods.exec.run(name, { ...options, timeout, onKilled }),
      CallTimeoutError,
    );
    const pids = pidsIn(new TextDecoder().decode(error.partial?.stdout));
    // A loaded machine may need seconds to start a shell.
    if (pids.length === count || timeout > 6_000) return { error, pids, told };
  }
}

async function isAlive(pods: Api<typeof Pod>, name: string, pid: number) {
  const script = `read -r line </proc/${pid}/stat && case "\${line##*) }" in ` +
    "Z*|X*) exit 1; esac";
  const command = ["sh", "-c", `{ ${script}; } 2>/dev/null`];
  return (await pods.exec.run(name, { command })).ok;
}

function newFile(): string {
  return `/tmp/podwire-${crypto.randomUUID()}`;
}

/** Waits until the command has made the file: by then it runs. */
async function untilFile(pods: Api<typeof Pod>, name: string, file: string) {
  const script = `until [ -e ${file} ]; do sleep 0.1; done; rm ${file}`;
  await pods.exec.run(name, { command: ["sh", "-c", script] });
}

for (const signal of [true, "TERM", "INT", "KILL"] as const) {
  testCase(
    `kill: ${signal}, at a timeout, a process and its child`,
    async ({ pods, pod }) => {
      const name = await pod();
      // INT is ignored by what a shell starts in the background.
      const command = signal === "INT"
        ? ["sh", "-c", "sh -c 'echo \"$PPID $$\"; sleep 1000; :'; :"]
        : FAMILY;
      const { error, pids, told } = await untilTimeout(
        pods,
        name,
        { command, killOnAbort: signal },
        2,
      );
      assertEquals([error.killed, told], [true, [true]]);
      assertEquals(pids.length, 2);
      for (const pid of pids) {
        assertEquals(await isAlive(pods, name, pid), false);
      }
    },
  );
}

testCase(
  "kill: what ignores TERM is killed after a grace, or told not to be",
  async ({ pods, pod }) => {
    const name = await pod();
    const command = [
      "sh",
      "-c",
      'trap "" TERM; echo $$; while :; do sleep 1; done',
    ];
    for (const signal of ["TERM", true] as const) {
      const { error, pids: [pid] } = await untilTimeout(
        pods,
        name,
        { command, killOnAbort: signal },
        1,
      );
      assertEquals(error.killed, signal === true);
      assertEquals(await isAlive(pods, name, pid!), signal === "TERM");
      await pods.exec.run(name, {
        command: ["sh", "-c", `kill -KILL -${pid}`],
      });
    }
  },
);

testCase(
  "kill: an abort waits for it, then rejects with its reason",
  async ({ pods, pod }) => {
    const name = await pod();
    for (const reason of [{ its: "own" }, new Error("mine")]) {
      const controller = new AbortController();
      const told: boolean[] = [];
      const file = newFile();
      const running = pods.exec.run(name, {
        command: ["sh", "-c", `echo >${file}; sleep 1000 & wait`],
        signal: controller.signal,
        killOnAbort: "KILL",
        onKilled: (killed) => told.push(killed),
      });
      const rejected = running.catch((error) => error);
      await untilFile(pods, name, file);
      controller.abort(reason);
      assertEquals(await rejected, reason);
      assertEquals(told, [true]);
      assertEquals(Object.hasOwn(reason, "killed"), false);
    }
  },
);

testCase(
  "kill: at an overflow, and when stdin fails",
  async ({ pods, pod, protocol }) => {
    const name = await pod();
    const endless = ["sh", "-c", "echo $$ >&2; exec yes"];
    const full = await rejection(
      pods.exec.run(name, {
        command: endless,
        maxBuffer: 100_000,
        killOnAbort: true,
      }),
      BufferOverflowError,
    );
    assertEquals([full.killed, full.partial!.stdout.byteLength], [
      true,
      100_000,
    ]);
    const [pid] = pidsIn(new TextDecoder().decode(full.partial!.stderr));
    assertEquals(await isAlive(pods, name, pid!), false);
    if (protocol === "v4.channel.k8s.io") return;
    const file = newFile();
    async function* failing() {
      yield new Uint8Array([1]);
      await untilFile(pods, name, file);
      throw new Error("no more");
    }
    const error = await rejection(
      pods.exec.run(name, {
        command: ["sh", "-c", `echo >${file}; sleep 1000`],
        stdin: failing(),
        killOnAbort: true,
      }),
      StdinError,
    );
    assertEquals(error.killed, true);
  },
);

testCase(
  "kill: stderr stays the command's own, and may be unwanted",
  async ({ pods, pod }) => {
    const name = await pod();
    const command = ["sh", "-c", "echo out; echo err >&2; exit 3"];
    const result = await pods.exec.run(name, { command, killOnAbort: true });
    assertEquals(
      [result.text(), result.stderrText(), result.exitCode],
      ["out\n", "err\n", 3],
    );
    const options = { command, stderr: false, killOnAbort: true, maxBuffer: 4 };
    const quiet = await pods.exec.run(name, options);
    assertEquals([quiet.text(), quiet.stderrText()], ["out\n", ""]);
    await assertRejects(
      () => pods.exec.run(name, { ...options, maxBuffer: 3 }),
      BufferOverflowError,
    );
  },
);

testCase(
  "kill: a process that is not gone is told, the error is kept",
  async ({ pods, pod }) => {
    const name = await pod();
    const { error } = await untilTimeout(
      pods,
      name,
      {
        command: ["sh", "-c", `trap "" TERM INT; echo $$; sleep 1000`],
        killOnAbort: "INT",
      },
      1,
    );
    assertEquals(error.killed, false);
    assertMatch(error.message, /not done within \d+ ms/);
  },
);

testCase(
  "kill: the client is closed meanwhile",
  async ({ pods, pod, client }) => {
    const name = await pod();
    const told: boolean[] = [];
    const file = newFile();
    const running = pods.exec.run(name, {
      command: ["sh", "-c", `echo >${file}; sleep 1000`],
      killOnAbort: true,
      onKilled: (killed) => told.push(killed),
    });
    const refused = assertRejects(
      () => running,
      SessionEndedError,
      "the client is closed",
    );
    await untilFile(pods, name, file);
    await client.close();
    assertEquals(told, [true]);
    await refused;
  },
);

testCase(
  "kill: a command that is given up while the server answers",
  async ({ pods, pod }) => {
    const name = await pod();
    for (const delay of [0, 1, 2, 4, 8, 16]) {
      const file = newFile();
      const told: boolean[] = [];
      const controller = new AbortController();
      const running = rejection(pods.exec.run(name, {
        command: ["sh", "-c", `echo $$ >${file}; exec sleep 1000`],
        signal: controller.signal,
        killOnAbort: "KILL",
        onKilled: (killed) => told.push(killed),
      }));
      await new Promise((resolve) => setTimeout(resolve, delay));
      controller.abort(new Error("mine"));
      const aborted = performance.now();
      assertEquals(String(await running), "Error: mine");
      assertEquals(told.length, 1);
      // A loaded machine may take longer than the call waits for the answer.
      if (!told[0] && performance.now() - aborted > 1_500) continue;
      const command = ["sh", "-c", `cat ${file} 2>/dev/null; rm -f ${file}`];
      const [pid] = pidsIn((await pods.exec.run(name, { command })).text());
      if (pid === undefined) continue;
      assertEquals([told, await isAlive(pods, name, pid)], [[true], false]);
    }
  },
);
