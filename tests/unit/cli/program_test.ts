// Runs the program as a process.
import { writeFile } from "node:fs/promises";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { startCluster } from "../../../src/testing/mod.ts";
import { VERSION } from "../../../src/version.ts";
import { runtime, test } from "../../harness.ts";
import { podwireCommand } from "../../support/podwire_command.ts";
import { runProgram } from "../../support/run_program.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import { userAgents } from "../../support/user_agents.ts";
import { kubeconfigFor, withHostileServer } from "./hostile_server.ts";

function runPodwire(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) {
  const [program = "", ...words] = podwireCommand(...args);
  return runProgram(program, words, env);
}

test("program: --version prints the version", async () => {
  const { code, stdout, stderr } = await runPodwire(["--version"], {});
  const printed = [code, stdout.toString(), stderr];
  assertEquals(printed, [0, `podwire ${VERSION}\n`, ""]);
});

for (
  const [what, args, words] of [
    ["a Status", ["logs", "missing"], ["no such; pod", "NotFound"]],
    ["a plain error body", ["logs", "plain"], ["plain"]],
    ["names of containers", ["logs", "evil"], ['"a" out of: a, b']],
    ["the status of an exec", ["exec", "status", "--", "x"], ["in band"]],
    ["a close reason", ["exec", "reason", "--", "x"], ["gone"]],
    ["its own arguments", ["exec", "a\x1b]0;x\x07 b", "--", "x"], ['"a b"']],
  ] as const
) {
  test(`program: no control characters of ${what} reach stderr`, async () => {
    await withHostileServer(async ({ env }) => {
      const { stderr } = await runPodwire(args, env);
      for (const word of words) assertStringIncludes(stderr, word);
      // deno-lint-ignore no-control-regex
      assertMatch(stderr, /^([^\0-\x1f\x7f-\x9f]+\n)+$/);
    });
  }, { shared: true });
}

test("program: a server's warning goes to stderr, once", async () => {
  await withHostileServer(async ({ env }) => {
    const { stderr } = await runPodwire(["logs", "missing"], env);
    const [first = "", second = ""] = stderr.split("\n");
    assertMatch(first, /^Warning: ag.*ng, "soon" gone$/);
    assertMatch(second, /^Error|^error/);
  });
});

test("program: its requests have a User-Agent of its own", async () => {
  const seen = await userAgents((url) =>
    withTempFolder(async ({ path }) => {
      const file = `${path}/kubeconfig`;
      await writeFile(file, kubeconfigFor(url));
      await runPodwire(["logs", "web-0", "-c", "a"], { KUBECONFIG: file });
    })
  );
  assertEquals(seen.length, 1);
  assertMatch(seen[0] ?? "", /^podwire-cli\/\d+\.\d+\.\d+ \(\w+\/\d+\./);
});

test("program: the container's output keeps its control characters", async () => {
  await withHostileServer(async ({ env }) => {
    const args = ["exec", "status", "-c", "a", "--", "x"];
    const { stdout } = await runPodwire(args, env);
    assertEquals(stdout.toString(), "\x1b[1mown");
  });
});

test("program: exits with 1 for an exit code that is a multiple of 256", async () => {
  await withHostileServer(async ({ env }) => {
    const args = ["exec", "code", "-c", "a", "--", "x"];
    const { code, stderr } = await runPodwire(args, env);
    assertEquals(stderr, "command terminated with exit code 256\n");
    assertEquals(code, 1);
  });
});

for (const command of ["exec", "attach"]) {
  test(`program: ${command} -i rejects a directory as stdin, and sends nothing`, async () => {
    await withHostileServer(async ({ env, requests }) => {
      const flags = command === "exec" ? ["--", "cat"] : [];
      const args = podwireCommand(command, "-i", "evil", ...flags);
      const script = 'exec "$@" < /';
      const { code, stderr } = await runProgram(
        "sh",
        ["-c", script, "sh", ...args],
        env,
      );
      assertEquals(stderr, "error: cannot read stdin: it is a directory\n");
      assertEquals([code, requests], [1, []]);
    });
  });
}

test("program: a pod without a spec leaves the container to the server", async () => {
  await withHostileServer(async ({ env, requests }) => {
    const { code, stderr } = await runPodwire(["attach", "bare"], env);
    assertEquals(code, 0);
    assertMatch(stderr, /^If you don't see a command prompt.*\n$/);
    const path = "/api/v1/namespaces/default/pods/bare";
    assertEquals(requests[0], `GET ${path}`);
    assertMatch(
      requests[1] ?? "",
      /^GET .*\/pods\/bare\/attach\?(?!.*container)/,
    );
  });
});

for (
  const [args, message] of [
    [["-l", " "], "the selector (-l) must not be blank"],
    [
      ["web-0", "--since-time", "now"],
      'invalid argument "now" for --since-time: ' +
      "expected a time like 2026-01-31T12:00:00Z",
    ],
  ] as const
) {
  test(`program: logs ${args.join(" ")}: an error in terms of the flag`, async () => {
    await withHostileServer(async ({ env, requests }) => {
      const { code, stderr } = await runPodwire(["logs", ...args], env);
      const hint = "(see podwire logs --help)";
      assertEquals(stderr, `error: ${message} ${hint}\n`);
      assertEquals([code, requests], [1, []]);
    });
  });
}

for (
  const [what, args, message] of [
    ["pod", ["logs", "web 0"], 'error: invalid pod name "web 0": '],
    [
      "container",
      ["exec", "web-0", "-c", "a b", "--", "x"],
      'error: invalid container name "a b": ',
    ],
    [
      "container argument",
      ["logs", "web-0", "A"],
      'error: invalid container name "A": ',
    ],
    [
      "namespace",
      ["logs", "web-0", "-n", "../kube-system"],
      'error: invalid namespace name "../kube-system": ',
    ],
  ] as const
) {
  test(`program: an invalid name of a ${what} is rejected before a request`, async () => {
    await withHostileServer(async ({ env, requests }) => {
      const { code, stderr } = await runPodwire(args, env);
      assertStringIncludes(stderr, message);
      assertEquals([code, requests], [1, []]);
    });
  });
}

test("program: a 401 has a hint", async () => {
  await withHostileServer(async ({ env }) => {
    const { code, stderr } = await runPodwire(["logs", "denied"], env);
    assertEquals(code, 1);
    assertMatch(stderr, /^error: .*401 Unauthorized.* \(.*credentials.*\)\n$/);
  });
});

test("program: -v logs requests on stderr, without the token", async () => {
  await withHostileServer(async ({ env }) => {
    const token = "eyJhbGciOiJIUzI1NiJ9.secret";
    const args = ["exec", "code", "-c", "a", `--token=${token}`, "-v=8"];
    const run = await runPodwire([...args, "--", "sh", "top"], env);
    const { stderr } = run;
    assertMatch(stderr, /^[\d:.]+ Request verb="GET" url="http.*<masked>/);
    assertMatch(stderr, /^ {4}authorization: Bearer <masked>$/m);
    assertMatch(stderr, /^[\d:.]+ Response .* status=101 protocol="v\d/m);
    assertMatch(stderr, /^[\d:.]+ End .* exitCode=256 /m);
    for (const secret of [token, "top"]) assert(!stderr.includes(secret));
    assertEquals([run.code, run.stdout.toString()], [1, "\x1b[1mown"]);
  });
}, { shared: true });

test("program: without a CA it names the field of the kubeconfig", async () => {
  const cluster = await startCluster();
  try {
    await withTempFolder(async ({ path }) => {
      const KUBECONFIG = `${path}/config.json`;
      await writeFile(KUBECONFIG, kubeconfigFor(cluster.server));
      const { code, stderr } = await runPodwire(["logs", "a"], { KUBECONFIG });
      assertEquals(code, 1);
      assertMatch(stderr, /^error: .*\bcertificate-authority\b.*\n$/);
    });
  } finally {
    await cluster.close();
  }
});

if (runtime === "node") {
  for (const version of ["20.1.2", "22.2.0"]) {
    test(`program: on Node ${version} it names the version that it needs`, async () => {
      const preload = "delete Promise.withResolvers; " +
        `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
      const [program = "", ...args] = podwireCommand("--version");
      const { code, stdout, stderr } = await runProgram(
        program,
        [
          `--import=data:text/javascript,${encodeURIComponent(preload)}`,
          ...args,
        ],
        {},
      );
      assertEquals([code, stdout.toString(), stderr], [
        1,
        "",
        `error: podwire needs Node 22.3 or later, this is Node ${version}\n`,
      ]);
    });
  }
}
