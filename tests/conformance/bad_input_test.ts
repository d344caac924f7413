// Bad input: the documented error class, and a message that names the action and
// the state. The harness checks for leaks.
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  Api,
  ApiError,
  ConfigurationError,
  ConnectError,
  createClient,
  HandshakeError,
  Pod,
  ProtocolError,
} from "../../mod.ts";
import { test } from "../harness.ts";
import { closedPort, startByteServer } from "../support/byte_server.ts";
import { rejection } from "../support/async.ts";
import { embeddedCase, testCase } from "./fixture.ts";

const command = ["true"];

testCase(
  "bad input: an empty command, and a string as argv, are TypeErrors",
  async ({ pods }) => {
    for (const method of ["run", "stream"] as const) {
      await assertRejects(
        () => pods.exec[method]("web-0", { command: [] }),
        TypeError,
        'Cannot exec in pods "web-0": command is empty',
      );
      await assertRejects(
        () => pods.exec[method]("web-0", { command: "ls" as never }),
        TypeError,
        'Cannot exec in pods "web-0": command must be an array of strings',
      );
    }
  },
);

testCase("bad input: no options, no name, no channel", async ({ pods }) => {
  await assertRejects(
    () => pods.exec.run("web-0", undefined as never),
    TypeError,
  );
  await assertRejects(() => pods.exec.run("", { command }), TypeError);
  const noChannels = { stdout: false, stderr: false };
  await assertRejects(
    () => pods.exec.stream("web-0", { command, ...noChannels }),
    TypeError,
    "no channel is requested",
  );
  await assertRejects(() => pods.attach.stream("web-0", noChannels), TypeError);
});

testCase(
  "bad input: an unknown container is refused, with its name",
  async ({ pods, pod, socket }) => {
    const name = await pod();
    const call = pods.exec.run(name, { command, container: "nope" });
    if (!socket) {
      const { code } = await rejection(call, ConnectError);
      return assertEquals(code, "UPGRADE_FAILED");
    }
    const error = await rejection(call, HandshakeError);
    assertEquals(error.httpStatus, 400);
    assertMatch(error.message, /container nope is not valid for pod/);
  },
);

testCase(
  "bad input: several containers without a choice: the one that kubectl takes",
  async ({ pods, pod, socket }) => {
    const container = (name: string) => ({
      name,
      env: [{ name: "WHO", value: name }],
    });
    const name = await pod({ containers: [container("a"), container("b")] });
    const who = { command: ["sh", "-c", 'printf %s "$WHO"'] };
    const check = async (expected: string) => {
      const call = pods.exec.run(name, who);
      if (socket) return assertEquals((await call).text(), expected);
      // The platform's WebSocket hides the 400 that asks for a container.
      const { code } = await rejection(call, ConnectError);
      assertEquals(code, "UPGRADE_FAILED");
    };
    await check("a");
    const annotations = { "kubectl.kubernetes.io/default-container": "b" };
    await pods.patch(name, { metadata: { annotations } });
    await check("b");
    for (const container of ["a", "b"]) {
      const result = await pods.exec.run(name, { ...who, container });
      assertEquals([result.exitCode, result.text()], [0, container]);
    }
  },
);

testCase(
  "bad input: a command that does not exist is not exit code 0",
  async ({ pods, pod }) => {
    const name = await pod();
    const result = await pods.exec.run(name, { command: ["no-such-program"] });
    assertEquals(result.ok, false);
    assertEquals(result.status?.status, "Failure");
  },
);

test("bad input: a missing namespace is a TypeError that names the action", async () => {
  const client = await createClient({
    server: "https://127.0.0.1:1",
    token: "t",
  });
  const pods = new Api(Pod, { client });
  await assertRejects(
    () => pods.exec.run("web-0", { command }),
    TypeError,
    "namespace",
  );
  await assertRejects(() => pods.get("web-0"), TypeError, "namespace");
  await client.close();
});

testCase(
  "bad input: width 0, a size without a tty, stdin written though not requested",
  async ({ pods, pod }) => {
    const name = await pod();
    const size = { width: 0, height: 24 };
    await assertRejects(
      () => pods.exec.stream(name, { command, tty: true, size }),
      RangeError,
    );
    const session = await pods.exec.stream(name, {
      command: ["sleep", "30"],
      tty: true,
    });
    await assertRejects(() => session.resize(size), RangeError);
    await assertRejects(() => session.write("x"), TypeError, "without stdin");
    await session.close();
  },
);

testCase("bad input: a missing pod", async ({ pods }) => {
  const error = await rejection(
    pods.exec.run("missing", { command }),
    HandshakeError,
  );
  assertEquals([error.httpStatus, error.apiStatus?.reason], [404, "NotFound"]);
  assertMatch(error.message, /pods "missing" not found/);
  const verb = await rejection(pods.get("missing"), ApiError);
  assertEquals([verb.httpStatus, verb.reason], [404, "NotFound"]);
}, { transports: ["socket"] });

testCase("bad input: attach to a missing pod", async ({ pods }) => {
  const error = await rejection(pods.attach.stream("missing"), HandshakeError);
  assertEquals([error.httpStatus, error.apiStatus?.reason], [404, "NotFound"]);
}, { transports: ["socket"] });

testCase(
  "bad input: a wrong token is a 401, and appears in no message",
  async ({ options }) => {
    const client = await createClient({ ...options(), token: "sesame-secret" });
    const pods = new Api(Pod, { client });
    const error = await rejection(
      pods.exec.run("x", { command }),
      HandshakeError,
    );
    assertEquals(error.httpStatus, 401);
    assert(!`${error.stack}${JSON.stringify(error)}`.includes("sesame-secret"));
    assertEquals((await rejection(pods.get("x"), ApiError)).httpStatus, 401);
    await client.close();
  },
  { transports: ["socket"] },
);

testCase(
  "bad input: a verb's error names the action and the server's reason",
  async ({ pods, pod, namespace }) => {
    const name = await pod();
    const missing = await rejection(pods.get("no-such"), ApiError);
    assertEquals([missing.httpStatus, missing.reason], [404, "NotFound"]);
    const get = `Cannot get pods "no-such" in namespace "${namespace}": 404`;
    assertStringIncludes(missing.message, get);
    const taken = await rejection(
      pods.create({
        metadata: { name },
        spec: { containers: [{ name: "main", image: "busybox" }] },
      }),
      ApiError,
    );
    assertEquals([taken.httpStatus, taken.reason], [409, "AlreadyExists"]);
    const create = `Cannot create pods in namespace "${namespace}": 409`;
    assertStringIncludes(taken.message, create);
  },
);

for (const [user, verb] of [["reader", "create"], ["viewer", "get"]] as const) {
  testCase(
    `bad input: forbidden to ${verb}: the hint names get and create`,
    async ({ options, namespace, pod }) => {
      const name = await pod();
      const client = await createClient(options(user));
      const pods = new Api(Pod, { client });
      for (
        const [subresource, call] of [
          ["exec", () => pods.exec.run(name, { command })],
          ["exec", () => pods.exec.stream(name, { command })],
          ["attach", () => pods.attach.stream(name)],
        ] as const
      ) {
        const error = await rejection(call(), HandshakeError);
        assertEquals(error.httpStatus, 403);
        assertEquals(error.apiStatus?.reason, "Forbidden");
        assertStringIncludes(error.message, `pods "${name}" is forbidden`);
        // The server gives no details about the second check.
        if (verb === "get") {
          const cannot = `${user}" cannot get resource ` +
            `"pods/${subresource}" in API group "" ` +
            `in the namespace "${namespace}"`;
          assertStringIncludes(error.message, cannot);
        }
        assertMatch(error.hint ?? "", /get.*create/);
        assertStringIncludes(error.hint ?? "", `pods/${subresource}`);
      }
      const verbError = await rejection(pods.delete(name), ApiError);
      assertEquals([verbError.httpStatus, verbError.reason], [
        403,
        "Forbidden",
      ]);
      assertStringIncludes(verbError.message, "the right to delete pods");
      await client.close();
    },
    { transports: ["socket"], needs: ["users"] },
  );
}

embeddedCase("bad input: an untrusted CA", async (_, cluster) => {
  const { certificateAuthority: __, ...options } = cluster.clientOptions();
  const client = await createClient(options);
  const pods = new Api(Pod, { client, namespace: "default" });
  for (
    const call of [
      () => pods.exec.run("x", { command }),
      () => pods.get("x"),
    ]
  ) {
    const error = await rejection(call(), ConnectError);
    assertEquals(error.code, "CERT_UNTRUSTED");
    assertMatch(error.message, /^Cannot .*connect to 127\.0\.0\.1:\d+: /);
  }
  await client.close();
}, { transports: ["socket"] });

test("bad input: a refused port", async () => {
  const server = `https://127.0.0.1:${await closedPort()}`;
  const client = await createClient({ server, token: "t" });
  const pods = new Api(Pod, { client, namespace: "default" });
  for (
    const call of [
      () => pods.exec.run("x", { command }),
      () => pods.get("x"),
    ]
  ) {
    assertEquals((await rejection(call(), ConnectError)).code, "ECONNREFUSED");
  }
  await client.close();
});

test("bad input: a server that is not Kubernetes", async () => {
  const smtp = await startByteServer((socket) => {
    socket.resume();
    socket.end("220 mail.example ESMTP\r\n");
  });
  const server = `http://127.0.0.1:${smtp.port}`;
  const client = await createClient({ server, token: "t" });
  const pods = new Api(Pod, { client, namespace: "default" });
  for (
    const call of [
      () => pods.exec.run("x", { command }),
      () => pods.get("x"),
    ]
  ) {
    await rejection(call(), ProtocolError);
  }
  await client.close();
  await smtp.close();
});

test("bad input: an unusable configuration is a ConfigurationError", async () => {
  await assertRejects(
    () => createClient({ kubeconfig: "/nowhere/at/all" }),
    ConfigurationError,
    "/nowhere/at/all",
  );
  await assertRejects(
    () => createClient({ server: "ftp://x" }),
    ConfigurationError,
  );
});
