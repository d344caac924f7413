import { assert, assertEquals, assertMatch } from "@std/assert";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import {
  Api,
  type Container,
  createClient,
  defineResource,
  isRunning,
  type ObjectMeta,
  Pod,
  Service,
} from "../../mod.ts";
import type { Cluster } from "../../src/testing/mod.ts";
import { runtime, test } from "../harness.ts";
import { withControlledSleep } from "../support/controlled_sleep.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import { startExample, withKubeconfig } from "./run_example.ts";

const LONG = { timeout: 60_000, shared: true };

/** Creates an idle pod, and waits until it runs. */
async function createPod(
  cluster: Cluster,
  name: string,
  metadata: ObjectMeta = {},
  container: Partial<Container> = {},
): Promise<void> {
  const client = await createClient(cluster.clientOptions());
  const pods = new Api(Pod, { client });
  await pods.create({
    metadata: { ...metadata, name },
    spec: { containers: [{ name: "main", image: "busybox", ...container }] },
  });
  await pods.waitFor(name, isRunning, { timeout: 10_000 });
  await client.close();
}

test(
  "exec_pod.ts creates a pod, runs commands and a shell of 120x40, and deletes it",
  async () => {
    await withKubeconfig(async (env) => {
      const { ended } = startExample("exec_pod.ts", [], env);
      const { code, stdout, stderr } = await ended;
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /^created podwire-exec-\w+\n/);
      assertMatch(stdout, /ls -la \/ exited with 0:\n(.*\n)+? {2}.* etc\n/);
      assertMatch(stdout, /THROUGH STDIN AND BACK\n/);
      assertMatch(stdout, /rows and columns: 40 120\n/);
      assertMatch(
        stdout,
        /the shell exited with 7\ndeleted podwire-exec-\w+\n$/,
      );
    });
  },
  LONG,
);

test(
  "debug_pod.ts looks inside a pod; an image that cannot be pulled",
  async () => {
    await withKubeconfig(async (env, cluster) => {
      await createPod(cluster, "web-0");
      const run = (...args: string[]) =>
        startExample("debug_pod.ts", args, env).ended;
      const { code, stdout, stderr } = await run();
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /^debug container debugger-\w{5} of web-0\n/);
      assertMatch(stdout, /\nexit code 3\n$/);
      const failed = await run("web-0", "registry.invalid/none");
      assertMatch(failed.stderr, /^ErrImagePull: Cannot debug pods "web-0": /);
    });
  },
  LONG,
);

test(
  "run_once.ts runs a command in a pod of its own, and talks to another",
  async () => {
    await withKubeconfig(async (env) => {
      const { ended } = startExample("run_once.ts", [], env);
      const { code, stdout, stderr } = await ended;
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /^run-\w+: apple, pear\nexit code 0, Completed\n/);
      assertMatch(stdout, /\nhello from run-\w+\nexit code 7\n$/);
    });
  },
  LONG,
);

test(
  "attach_pod.ts attaches to the main process, which keeps running",
  async () => {
    await withKubeconfig(async (env) => {
      const { ended } = startExample("attach_pod.ts", [], env);
      const { code, stdout, stderr } = await ended;
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, / {2}you said: hello\ndetached\n/);
      assertMatch(stdout, /is still Running\ndeleted podwire-attach-\w+\n$/);
    });
  },
  LONG,
);

test(
  "shell.ts runs a shell in a named pod, without a terminal too",
  async () => {
    await withKubeconfig(async (env, cluster) => {
      await createPod(cluster, "web-0");
      const { code, stdout, stderr } = await startExample(
        "shell.ts",
        ["web-0"],
        env,
      ).ended;
      assertEquals([code, stdout, stderr], [0, "", ""]);
    });
  },
  LONG,
);

test("log_requests.ts logs a line for a get and an exec", async () => {
  await withKubeconfig(async (env, cluster) => {
    await createPod(cluster, "web-0");
    const { code, stdout, stderr } = await startExample(
      "log_requests.ts",
      ["web-0"],
      env,
    ).ended;
    assertEquals([code, stderr], [0, ""]);
    const path = "/api/v1/namespaces/default/pods/web-0";
    assertMatch(
      stdout,
      new RegExp(
        `^GET ${path} 200 \\d+ ms: \\d+ bytes\nGET ${path}/exec 101 \\d+ ms: \\d+ bytes\n$`,
      ),
    );
  });
}, LONG);

test("trace_calls.ts makes a span of each call", async () => {
  await withKubeconfig(async (env, cluster) => {
    await createPod(cluster, "web-0");
    const { code, stdout, stderr } = await startExample(
      "trace_calls.ts",
      ["web-0"],
      env,
    ).ended;
    assertEquals([code, stderr], [0, ""]);
    const spans = stdout.trim().split("\n").map((line) => JSON.parse(line));
    const common = { name: "GET", "http.request.method": "GET" };
    const pods = "/api/v1/namespaces/default/pods";
    assertEquals(spans[0], {
      ...common,
      "url.path": `${pods}/web-0/exec`,
      "http.response.status_code": 101,
      "process.exit.code": 3,
    });
    const { error, ...rest } = spans[1];
    assertMatch(error, /"no-such-pod" not found/);
    assertEquals(rest, {
      ...common,
      "url.path": `${pods}/no-such-pod`,
      "http.response.status_code": 404,
    });
  });
}, LONG);

test(
  "targets.ts runs in the pod of a service, and kills what takes too long",
  async () => {
    await withKubeconfig(async (env, cluster) => {
      await createPod(cluster, "web-0", { labels: { app: "web" } });
      const client = await createClient(cluster.clientOptions());
      await new Api(Service, { client }).create({
        metadata: { name: "web" },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
      });
      await client.close();
      const run = async (...args: string[]) => {
        const { code, stdout } = await startExample("targets.ts", args, env)
          .ended;
        assertEquals(code, 0);
        return stdout;
      };
      assertEquals(
        await run("svc/web"),
        "hello from /tmp\nsleep took too long; killed: true\n",
      );
      assertMatch(await run(), /deployments.apps "web" not found/);
    });
  },
  LONG,
);

test("forward_port.ts listens, and asks a database", async () => {
  await withKubeconfig(async (env, cluster) => {
    await createPod(cluster, "web-0");
    const { ended } = startExample("forward_port.ts", ["web-0"], env);
    const { code, stdout, stderr } = await ended;
    assertEquals([code, stderr], [0, ""]);
    assertMatch(
      stdout,
      /^forwarding 127\.0\.0\.1:\d+ to web-0\nit answers \+PONG\n$/,
    );
  }, {
    ports: async ({ readable, writable }) => {
      await readable.getReader().read();
      await writable.getWriter().write("+PONG\r\n");
    },
  });
}, LONG);

test("fetch_health.ts prints a health page", async () => {
  await withKubeconfig(async (env, cluster) => {
    await createPod(cluster, "web-0");
    const { ended } = startExample("fetch_health.ts", ["web-0"], env);
    const { code, stdout, stderr } = await ended;
    assertEquals([code, stdout, stderr], [0, "200: fine\n", ""]);
  }, {
    ports: async ({ readable, writable }) => {
      await readable.getReader().read();
      const writer = writable.getWriter();
      await writer.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine");
    },
  });
}, LONG);

test("run_command.ts prints a listing and its exit code", async () => {
  await withKubeconfig(async (env, cluster) => {
    await createPod(cluster, "web-0");
    const { code, stdout } = await startExample("run_command.ts", [], env)
      .ended;
    assertEquals(code, 0);
    assertMatch(stdout, / etc\n(.*\n)+exit code 0\n$/);
  });
}, LONG);

test(
  "connect.ts uses a kubeconfig's context, or explicit options",
  async () => {
    await withKubeconfig(async ({ KUBECONFIG = "" }, cluster) => {
      await createPod(cluster, "web-0");
      const ca = `${KUBECONFIG}.crt`;
      const token = `${KUBECONFIG}.token`;
      await writeFile(ca, cluster.certificateAuthority!);
      await writeFile(token, `${cluster.token}\n`);
      const ran = startExample(
        "connect.ts",
        [KUBECONFIG, "podwire", cluster.server, ca, token, "web-0"],
        {},
      );
      const { code, stdout, stderr } = await ran.ended;
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout, "/clusters/one has web-0\n".repeat(2));
    }, { pathPrefix: "/clusters/one" });
  },
  LONG,
);

test(
  "handle_errors.ts distinguishes a failed command from one that never ran",
  async () => {
    await withKubeconfig(async (env, cluster) => {
      await createPod(cluster, "web-0");
      const { code, stdout } = await startExample("handle_errors.ts", [], env)
        .ended;
      assertEquals(code, 0);
      assertMatch(
        stdout,
        /^exit code 3 after 11 bytes\nrefused with HTTP 404: .*"no-such-pod" not found/,
      );
    });
  },
  LONG,
);

test(
  "roll_out.ts waits for two rollouts, one of which fails, and for the deletion",
  async () => {
    await withKubeconfig(async (env) => {
      const { code, stdout, stderr } = await startExample(
        "roll_out.ts",
        [],
        env,
      )
        .ended;
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /^2 pods are available\n/);
      assertMatch(
        stdout,
        /\nCannot wait for deployments "podwire-web-.*: ProgressDeadlineExceeded: /,
      );
      assertMatch(
        stdout,
        /has timed out progressing\ndeleted podwire-web-\w+\n$/,
      );
    });
  },
  LONG,
);

test("many_pods.ts groups what all pods answer, and prints logs", async () => {
  await withKubeconfig(async (env, cluster) => {
    const metadata = { labels: { app: "web" } };
    const command = ["sh", "-c", "echo one; echo two; echo three; sleep 60"];
    for (const name of ["web-0", "web-1", "web-2"]) {
      const container = { command, env: [{ name: "POD", value: name }] };
      await createPod(cluster, name, metadata, container);
    }
    const client = await createClient(cluster.clientOptions());
    const services = new Api(Service, { client });
    const ports = [{ port: 80 }];
    await services.create({
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports },
    });
    await client.close();
    const question = ["sh", "-c", "[ $POD = web-1 ] && echo odd || echo even"];
    const { code, stdout, stderr } = await startExample("many_pods.ts", [
      "service/web",
      "--",
      ...question,
    ], env).ended;
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout.split("\n"), [
      "2 of them: even (web-0, web-2)",
      "1 of them: odd (web-1)",
      ...["web-0", "web-1", "web-2"].flatMap((name) => [
        `${name}/main: two`,
        `${name}/main: three`,
      ]),
      "",
    ]);
  });
}, LONG);

test("resources.ts creates, patches, lists, updates and deletes", async () => {
  await withKubeconfig(async (env) => {
    const { code, stdout, stderr } = await startExample("resources.ts", [], env)
      .ended;
    assertEquals([code, stderr], [0, ""]);
    assertMatch(
      stdout,
      /^created (\S+)\n\1 is green\ncounted to 2\ndeleted \1\n$/,
    );
  });
}, LONG);

test("custom_resource.ts uses a custom kind", async () => {
  const widgets = defineResource({
    group: "example.com",
    version: "v1",
    kind: "Widget",
    plural: "widgets",
  });
  await withKubeconfig(async (env) => {
    const { code, stdout, stderr } = await startExample(
      "custom_resource.ts",
      [],
      env,
    ).ended;
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^widget-\w+ has size 4\n$/);
  }, { resources: [widgets] });
}, LONG);

test("watch_pods.ts prints events until a pod is deleted", async () => {
  await withKubeconfig(async (env, cluster) => {
    await createPod(cluster, "web-0", { labels: { app: "web" } });
    await createPod(cluster, "other");
    const watching = startExample("watch_pods.ts", ["app=web"], env);
    assertEquals(await watching.firstLine, "ADDED web-0: Running");
    const client = await createClient(cluster.clientOptions());
    await new Api(Pod, { client }).delete("web-0", { gracePeriodSeconds: 0 });
    await client.close();
    const { code, stdout } = await watching.ended;
    assertEquals(code, 0);
    assertMatch(stdout, /MODIFIED web-0: Running\nDELETED web-0: Running\n$/);
  });
}, LONG);

test("follow_logs.ts prints log lines as they arrive", async () => {
  await withKubeconfig(async (env, cluster) => {
    const script =
      "for i in 1 2 3; do echo $i; sleep 0.2; done; echo over; cat";
    const command = ["sh", "-c", script];
    await createPod(cluster, "web-0", {}, { command, stdin: true });
    const { code, stdout } = await startExample("follow_logs.ts", [], env)
      .ended;
    assertEquals(code, 0);
    assertMatch(stdout, /^the latest: .*\n1\n2\n3\nover\n$/);
  });
}, LONG);

test(
  "custom_transport.ts runs a command with stdin over a small transport",
  async () => {
    await withKubeconfig(async (env, cluster) => {
      await createPod(cluster, "web-0");
      const { code, stdout, stderr } = await startExample(
        "custom_transport.ts",
        ["web-0"],
        env,
      ).ended;
      assertEquals([code, stderr], [0, ""]);
      assertEquals(
        stdout,
        "web-0 is Running\nTHROUGH MY TRANSPORT, exit code 0\n",
      );
    }, { tls: false });
  },
  LONG,
);

if (runtime === "deno") {
  test(
    "deno_script.ts prints output by lines, and exits with the command's code",
    async () => {
      await withKubeconfig(async (env, cluster) => {
        await createPod(cluster, "web-0");
        const line = "printf 'one\\ntwo\\nthree'; exit 4";
        const args = ["web-0", "sh", "-c", line];
        const { code, stdout } = await startExample("deno_script.ts", args, env)
          .ended;
        assertEquals(stdout, "1: one\n2: two\n3: three\n");
        assertEquals(code, 4);
      });
    },
    LONG,
  );

  test(
    "find_files.ts prints names of files, and exits with the command's code",
    async () => {
      await withKubeconfig(async (env, cluster) => {
        await createPod(cluster, "web-0");
        await withTempFolder(async ({ path }) => {
          await writeFile(`${path}/two\nlines`, "");
          const run = (directory: string) =>
            startExample("find_files.ts", ["web-0", directory], env).ended;
          const { code, stdout } = await run(path);
          assertEquals(stdout, `${JSON.stringify(`${path}/two\nlines`)}\n`);
          assertEquals(code, 0);
          assertEquals((await run(`${path}/none`)).code, 1);
        });
      });
    },
    LONG,
  );

  test(
    "back_up.ts copies a directory, and lists what it leaves out",
    async () => {
      await withKubeconfig(async (env, cluster) => {
        await createPod(cluster, "web-0");
        await withTempFolder(async ({ path }) => {
          await mkdir(`${path}/app`);
          await writeFile(`${path}/app/data`, "precious");
          await symlink("/etc/passwd", `${path}/app/link`);
          const run = (directory: string) => {
            const args = ["web-0", directory, `${path}/backup`];
            return startExample("back_up.ts", args, env).ended;
          };
          const { code, stdout, stderr } = await run(`${path}/app`);
          assertEquals([code, stderr], [0, ""]);
          assertEquals(
            stdout,
            "copied 1 files, 8 bytes\n" +
              'left out "link": a symbolic link to an absolute path\n',
          );
          assertEquals(
            await readFile(`${path}/backup/data`, "utf8"),
            "precious",
          );
          const failed = await run(`${path}/none`);
          assertEquals(failed.code, 1);
          assertMatch(failed.stderr, /^NotFound: Cannot read tree "/);
        });
      });
    },
    LONG,
  );

  test(
    "edit_file.ts replaces a text, lists the directory, and says why it cannot",
    async () => {
      await withKubeconfig(async (env, cluster) => {
        await createPod(cluster, "web-0");
        await withTempFolder(async ({ path }) => {
          const file = `${path}/config`;
          await writeFile(file, "port: 80\n");
          const run = (name: string) =>
            startExample("edit_file.ts", ["web-0", name, "80", "8080"], env)
              .ended;
          const { code, stdout, stderr } = await run(file);
          assertEquals([code, stderr], [0, ""]);
          assertEquals(
            stdout.replace(/^directory .*\n/m, ""),
            "11 of 11 bytes\n11 of 11 bytes\nfile 11 config\n",
          );
          const failed = await run(`${path}/none`);
          assertEquals(failed.code, 1);
          assertMatch(failed.stderr, /^NotFound: Cannot read file /);
        });
      });
    },
    LONG,
  );

  test("demo.ts runs both programs on an embedded cluster", async () => {
    const { code, stdout } = await startExample("demo.ts", [], {}).ended;
    assertEquals(code, 0, stdout);
    assertMatch(
      stdout,
      /The embedded cluster listens on https:\/\/127\.0\.0\.1/,
    );
    assertMatch(stdout, /rows and columns: 40 120\n/);
    assertMatch(stdout, / {2}you said: hello\n/);
  }, LONG);

  test(
    "demo.ts --kubeconfig FILE runs both programs on that cluster",
    async () => {
      await withKubeconfig(async ({ KUBECONFIG }) => {
        const args = ["--", "--kubeconfig", KUBECONFIG ?? ""];
        const { code, stdout } = await startExample("demo.ts", args, {}).ended;
        assertEquals(code, 0, stdout);
        assert(stdout.includes(`current context of ${KUBECONFIG}`), stdout);
        assertMatch(stdout, / {2}you said: hello\n/);
      });
    },
    LONG,
  );

  test("demo.ts fails when a step fails", async () => {
    const args = ["--kubeconfig", "/nowhere/kubeconfig"];
    const { code, stderr } = await startExample("demo.ts", args, {}).ended;
    assertEquals(code, 1);
    assertMatch(stderr, /ConfigurationError/);
  }, LONG);
}

/** Checks a server that streams a command's output, and its errors. */
async function streamsWhileItRuns(
  name: string,
  settings: (cluster: Cluster) => Record<string, string> = () => ({}),
): Promise<void> {
  await withControlledSleep(({ container, release }) =>
    withKubeconfig(async (env, cluster) => {
      await createPod(cluster, "web-0", {}, container);
      const server = startExample(name, [], { ...env, ...settings(cluster) });
      const url = /http:\S+/.exec(await server.firstLine)?.[0];
      try {
        const response = await fetch(`${url}pods/web-0/clock`);
        assertEquals(response.status, 200);
        const reader = response.body!
          .pipeThrough(new TextDecoderStream()).getReader();
        // The first line arrives while the command still sleeps.
        let text = (await reader.read()).value ?? "";
        await release();
        for (let part = await reader.read(); !part.done;) {
          text += part.value;
          part = await reader.read();
        }
        assertMatch(text, /^(.+\n){3}$/);
        const missing = await fetch(`${url}pods/missing/clock`);
        assertEquals(missing.status, 502);
        assertMatch(await missing.text(), /pods "missing" not found/);
      } finally {
        server.kill();
      }
      const { code, stderr } = await server.ended;
      // Deno reports a child that handled a signal as ended by it.
      assertEquals([runtime === "deno" ? 0 : code, stderr], [0, ""]);
    })
  );
}

if (runtime === "bun") {
  test(
    "bun_server.ts streams a pod's output into the response while it runs",
    () => streamsWhileItRuns("bun_server.ts"),
    LONG,
  );
}

if (runtime === "deno") {
  test(
    "deno_deploy.ts streams a pod's output into the response while it runs",
    () =>
      streamsWhileItRuns("deno_deploy.ts", (cluster) => ({
        KUBE_SERVER: cluster.server,
        KUBE_CA: cluster.certificateAuthority!,
        KUBE_TOKEN: cluster.token,
        PORT: "0",
      })),
    LONG,
  );
}
