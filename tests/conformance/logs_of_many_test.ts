// The logs of every container of every pod of a target.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeFile } from "node:fs/promises";
import {
  Api,
  ApiError,
  createClient,
  isRunning,
  Job,
  type LogLine,
  LogNotAvailableError,
  Pod,
  TargetNotFoundError,
} from "../../mod.ts";
import { allLogs } from "../../src/api/logs/all_logs.ts";
import { toClusterClient } from "../../src/client/cluster_client.ts";
import { BYTE_LINES } from "../../src/streams/read_lines.ts";
import type { PodOptions } from "../backends/backend.ts";
import { hasEnded } from "../backends/test_pod.ts";
import { delay, eventually, rejection } from "../support/async.ts";
import { embeddedCase, testCase } from "./fixture.ts";
import { labelled, podsOfLabel } from "./labelled_pods.ts";
import { leave, untilLeft } from "./scripts.ts";

/** A pod whose container runs a script once. */
function once(text: string): PodOptions {
  return {
    container: { command: ["sh", "-c", text] },
    spec: { restartPolicy: "Never" },
  };
}

function textOf({ pod, container, line }: LogLine): string {
  return `${pod}/${container}: ${line}`;
}

embeddedCase("logs.all: one log after the other", async ({ pods, pod }) => {
  const { target, labels } = labelled();
  const script = (
    text: string,
  ) => ["sh", "-c", `echo ${text} 1; echo ${text} 2`];
  const options: PodOptions = {
    containers: [
      { name: "main", command: script("main") },
      { name: "beside", command: script("beside") },
    ],
    spec: {
      restartPolicy: "Never",
      initContainers: [
        { name: "before", image: "busybox", command: script("before") },
      ],
    },
    until: hasEnded,
  };
  const names = await podsOfLabel(pod, labels, 2, [options, options]);
  await pod();
  const lines = await Array.fromAsync(pods.logs.all(target));
  assertEquals(
    lines.map(textOf),
    names.sort().flatMap((name) =>
      ["before", "main", "beside"].flatMap((container) =>
        [1, 2].map((n) => `${name}/${container}: ${container} ${n}`)
      )
    ),
  );
  for (const { time } of lines) {
    assertMatch(
      time!,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    );
  }
  const some = pods.logs.all(target, { containers: /^be/, tailLines: 1 });
  assertEquals(
    (await Array.fromAsync(some)).map(textOf),
    names.flatMap((name) => [
      `${name}/before: before 2`,
      `${name}/beside: beside 2`,
    ]),
  );
});

embeddedCase(
  "logs.all: tells which logs are followed at once",
  async ({ client, namespace, pod }) => {
    const { target, labels } = labelled();
    const context = {
      client: toClusterClient(client, "read"),
      resource: Pod,
      namespace,
    };
    const ended = Promise.withResolvers<void>();
    let count = 0;
    const onLog = () => {
      count++;
      return () => {
        count--;
        ended.resolve();
      };
    };
    await podsOfLabel(pod, labels, 1, [once("printf 'one\\r\\n\\377'")]);
    const lines = allLogs(context, target, { follow: true }, {
      onLog,
      format: BYTE_LINES,
    });
    assertEquals((await lines.next()).value.line, "one\r\n");
    assertEquals((await lines.next()).value.line, "\xff");
    assertEquals(count, 1);
    const next = lines.next();
    await ended.promise;
    assertEquals(count, 0);
    await podsOfLabel(pod, labels, 1, [once("echo two; sleep 30")]);
    assertEquals((await next).value.line, "two\n");
    assertEquals(count, 1);
    await lines.return?.();
    assertEquals(count, 0);
  },
);

testCase("logs.all: follows pods that come later", async ({ pods, pod }) => {
  const { target, labels } = labelled();
  const script = once("echo one; sleep 0.3; echo two; sleep 30");
  const [first = ""] = await podsOfLabel(pod, labels, 1, [script]);
  const seen: string[] = [];
  let created: Promise<string[]> | null = null;
  const options = { follow: true, tailLines: 1 };
  for await (const { pod: name, line } of pods.logs.all(target, options)) {
    created ??= podsOfLabel(pod, labels, 1, [script]);
    if (name === first) continue;
    seen.push(line);
    if (line === "two") break;
  }
  await created;
  // Of the pod that came later, tailLines left nothing out.
  assertEquals(seen, ["one", "two"]);
});

embeddedCase(
  "logs.all: follows the next run of a container",
  async ({ pods, pod }) => {
    const { target, labels } = labelled();
    const file = `/tmp/podwire-${crypto.randomUUID()}`;
    await podsOfLabel(pod, labels, 1, [{
      container: { command: ["sh", "-c", `echo begun; ${untilLeft(file)}`] },
      spec: { restartPolicy: "Always" },
    }]);
    let runs = 0;
    for await (const { pod, line } of pods.logs.all(target, { follow: true })) {
      assertEquals(line, "begun");
      if (++runs === 2) break;
      await pods.exec.run(pod, { command: ["sh", "-c", leave(file)] });
    }
    assertEquals(runs, 2);
  },
);

testCase("logs.all: of one pod, ends with the pod", async ({ pods, pod }) => {
  const name = await pod(once("for i in 1 2 3; do echo $i; sleep 0.1; done"));
  const lines = await Array.fromAsync(pods.logs.all(name, { follow: true }));
  assertEquals(lines.map(({ line }) => line), ["1", "2", "3"]);
});

testCase("logs.all: ends by abort and by leaving", async ({ pods, pod }) => {
  const { target, labels } = labelled();
  await podsOfLabel(pod, labels, 2, [
    once("echo 1; sleep 30"),
    once("echo 1; sleep 30"),
  ]);
  const abort = new AbortController();
  const reason = new Error("enough");
  const lines = pods.logs.all(target, { follow: true, signal: abort.signal });
  await lines.next();
  await lines.next();
  const next = rejection(lines.next());
  await delay(50);
  abort.abort(reason);
  assertEquals(await next, reason);
  const others = pods.logs.all(target, { follow: true });
  await others.next();
  await others.next();
  const pending = others.next();
  await others.return?.();
  assert((await pending).done);
});

testCase("logs.all: a function that is not a test", async ({ pods, pod }) => {
  const { target, labels } = labelled();
  await podsOfLabel(pod, labels, 1);
  const containers = (() => Promise.resolve(false)) as unknown as () => boolean;
  const error = await rejection(pods.logs.all(target, { containers }).next());
  assert(error instanceof TypeError);
});

testCase(
  "logs.all: a container that a pod does not have",
  async ({ pods, pod }) => {
    const { target, labels } = labelled();
    const script = once("echo main; sleep 30");
    const [one = ""] = await podsOfLabel(pod, labels, 1, [script]);
    const [two = ""] = await podsOfLabel(pod, labels, 1, [{
      containers: [
        { name: "main" },
        { name: "beside", command: ["sh", "-c", "echo beside; sleep 30"] },
      ],
    }]);
    const containers = "beside";
    // Followed first: that waits for the line.
    for (const follow of [true, false]) {
      const options = { follow, containers };
      const error = await rejection(
        Array.fromAsync(pods.logs.all(target, options)),
        LogNotAvailableError,
      );
      assertEquals(
        [error.pod, error.container, error.reason],
        [one, "beside", "ContainerNotFound"],
      );
      assertMatch(error.message, /no container "beside"; it has main$/);
      const failed: string[] = [];
      const lines = pods.logs.all(target, {
        ...options,
        onError: (error, { pod }) => failed.push(`${pod}: ${error.name}`),
      });
      const { value } = await lines.next();
      assertEquals(textOf(value!), `${two}/beside: beside`);
      assertEquals(failed, [`${one}: LogNotAvailableError`]);
      await lines.return?.();
    }
    const none = pods.logs.all(target, { containers: /^none$/ });
    assertMatch(
      (await rejection(none.next(), TargetNotFoundError)).message,
      /no container of its pods matches/,
    );
  },
);

/** A pod whose image cannot be pulled, created once that has shown. */
const UNPULLABLE: PodOptions = {
  container: { image: "registry.invalid/podwire/none:1" },
  until: (pod) =>
    pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason?.includes(
      "ImagePull",
    ) ?? false,
};

/** Asserts that the lines fail with the words of the cluster. */
async function assertNotStarted(lines: AsyncIterable<LogLine>, pod: string) {
  const read = Array.fromAsync(lines);
  const error = await rejection(read, LogNotAvailableError);
  assertEquals(
    [error.pod, error.container, error.reason],
    [pod, "main", "NotStarted"],
  );
  assertMatch(
    error.message,
    /"main".* is waiting to start: (ErrImagePull|ImagePullBackOff)/,
  );
}

embeddedCase(
  "logs.all: a container that cannot start",
  async ({ pods, pod }) => {
    const { target, labels } = labelled();
    const [stuck = ""] = await podsOfLabel(pod, labels, 1, [UNPULLABLE]);
    // There is no other to wait for.
    await assertNotStarted(pods.logs.all(target, { follow: true }), stuck);
    const [runs = ""] = await podsOfLabel(pod, labels, 1, [
      once("echo on; sleep 30"),
    ]);
    await assertNotStarted(pods.logs.all(stuck, { follow: true }), stuck);
    await assertNotStarted(pods.logs.all(stuck), stuck);
    // Followed first: that waits for the line.
    for (const follow of [true, false]) {
      for (const name of ["onError", "onRetry"] as const) {
        const failed: string[] = [];
        const lines = pods.logs.all(target, {
          follow,
          [name]: (error: Error) => {
            if (error instanceof LogNotAvailableError) failed.push(error.pod);
          },
        });
        if (!follow && name === "onRetry") {
          await assertNotStarted(lines, stuck);
          continue;
        }
        const { value } = await lines.next();
        assertEquals(textOf(value!), `${runs}/main: on`);
        if (!follow) assert((await lines.next()).done);
        assertEquals(failed, [stuck]);
        await lines.return?.();
      }
    }
  },
);

embeddedCase(
  "logs.all: a newcomer that cannot start ends no other log",
  async ({ pods, pod }) => {
    const { target, labels } = labelled();
    const [runs = ""] = await podsOfLabel(pod, labels, 1, [
      once("while :; do echo on; sleep 0.01; done"),
    ]);
    const told = Promise.withResolvers<string>();
    const lines = pods.logs.all(target, {
      follow: true,
      onRetry(error) {
        if (error instanceof LogNotAvailableError) told.resolve(error.pod);
      },
    });
    await lines.next();
    const [stuck] = await podsOfLabel(pod, labels, 1, [UNPULLABLE]);
    assertEquals(await told.promise, stuck);
    const [late = ""] = await podsOfLabel(pod, labels, 1, [once("echo late")]);
    const seen = new Set<string>();
    for await (const { pod, line } of lines) {
      seen.add(`${pod}: ${line}`);
      if (seen.size === 2) break;
    }
    assertEquals(seen, new Set([`${runs}: on`, `${late}: late`]));
  },
);

testCase(
  "logs.all: a pod that is not scheduled has no log yet",
  async ({ pods, pod }) => {
    const name = await pod({ unschedulable: true });
    const error = await rejection(
      pods.logs.all(name).next(),
      LogNotAvailableError,
    );
    assertEquals([error.pod, error.reason], [name, "NotStarted"]);
  },
);

embeddedCase(
  "logs.all: newcomers are followed while nobody reads",
  async ({ pod, options, namespace }) => {
    const { target, labels } = labelled();
    const script = once("while :; do echo on; sleep 0.01; done");
    await podsOfLabel(pod, labels, 2, [script, script]);
    const requests = new Set<string>();
    const client = await createClient({
      ...options(),
      onEvent(event) {
        if (event.type === "request") requests.add(event.path);
      },
    });
    try {
      const { logs } = new Api(Pod, { client, namespace });
      const lines = logs.all(target, { follow: true });
      await lines.next();
      const [late] = await podsOfLabel(pod, labels, 1, [script]);
      await eventually(() =>
        [...requests].some((it) => it.endsWith(`/${late}/log`))
      );
      await lines.return?.();
    } finally {
      await client.close();
    }
  },
);

/** A pod that is created again under its name. */
function named(
  name: string,
  labels: Readonly<Record<string, string>>,
  lines: string,
) {
  const command = ["sh", "-c", `for i in ${lines}; do echo $i; done; sleep 60`];
  return {
    metadata: { name, labels },
    spec: {
      restartPolicy: "Never" as const,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "main", image: "busybox", command }],
    },
  };
}

/** Creates a pod, and waits until it has written its lines. */
async function write(
  pods: Api<typeof Pod>,
  pod: ReturnType<typeof named>,
  lines: string,
): Promise<void> {
  const { name } = pod.metadata;
  await pods.create(pod);
  await pods.waitFor(name, isRunning);
  for await (const line of pods.logs.lines(name, { follow: true })) {
    if (line === lines.split(" ").at(-1)) break;
  }
}

/** Deletes a pod, and waits until it is gone. */
async function remove(pods: Api<typeof Pod>, name: string): Promise<void> {
  await pods.delete(name, { gracePeriodSeconds: 0 });
  await pods.waitForDeletion(name);
}

embeddedCase(
  "logs.all: pods of one name, one after the other, while nobody reads",
  async ({ pods }) => {
    const { target, labels } = labelled();
    const name = "web-0";
    const begin = (lines: string) =>
      write(pods, named(name, labels, lines), lines);
    await begin("a1 a2 a3");
    const lines = pods.logs.all(target, { follow: true });
    const seen = [(await lines.next()).value?.line];
    for (const next of ["b1 b2 b3", "c1 c2 c3"]) {
      await remove(pods, name);
      await begin(next);
    }
    for (let count = 1; count < 9; count++) {
      seen.push((await lines.next()).value?.line);
    }
    const more = lines.next();
    await delay(300);
    await lines.return?.();
    assert((await more).done);
    assertEquals(seen.sort().join(" "), "a1 a2 a3 b1 b2 b3 c1 c2 c3");
  },
);

for (const handled of [true, false]) {
  embeddedCase(
    `logs.all: a pod that is gone before its log was opened is ${
      handled ? "told" : "an error"
    }`,
    async ({ pods }, cluster) => {
      const { target, labels } = labelled();
      const name = "web-0";
      const begin = (lines: string) =>
        write(pods, named(name, labels, lines), lines);
      await begin("a1");
      const refused = Promise.withResolvers<void>();
      const told = Promise.withResolvers<Error>();
      const path = /\/log$/;
      cluster.requestFault = { httpStatus: 503, path, times: 999 };
      const lines = pods.logs.all(target, {
        follow: true,
        onRetry: () => refused.resolve(),
        ...handled && { onError: told.resolve },
      });
      const seen: string[] = [];
      const both = Promise.withResolvers<void>();
      const reading = (async () => {
        for await (const { line } of lines) {
          if (seen.push(line) === 2) both.resolve();
        }
      })();
      reading.catch(told.resolve);
      await refused.promise;
      await remove(pods, name);
      await pods.create(named(name, labels, "b1 b2"));
      await pods.waitFor(name, isRunning);
      cluster.requestFault = null;
      const error = await told.promise as LogNotAvailableError;
      assertEquals(
        [error.pod, error.container, error.reason],
        [name, "main", "Lost"],
      );
      if (!handled) return;
      await both.promise;
      await lines.return?.();
      await reading;
      assertEquals(seen, ["b1", "b2"]);
    },
    { client: { retry: { limit: 50 } }, timeout: 60_000 },
  );
}

embeddedCase(
  "logs.all: of a Job, ends with it although the last list is refused at first",
  async ({ client, pods, podSpec, namespace }, cluster) => {
    const jobs = new Api(Job, { client, namespace });
    const file = `/tmp/podwire-${crypto.randomUUID()}`;
    const command = ["sh", "-c", `echo 1; ${untilLeft(file)}; echo 2`];
    const { metadata: { name } } = await jobs.create({
      metadata: { generateName: "work-" },
      spec: {
        template: {
          spec: podSpec({
            container: { command },
            spec: { restartPolicy: "Never" },
          }),
        },
      },
    });
    const told: string[] = [];
    const seen: string[] = [];
    const lines = pods.logs.all(`job/${name}`, {
      follow: true,
      onRetry: (error) => told.push(error.message),
    });
    for await (const { line } of lines) {
      seen.push(line);
      if (line !== "1") continue;
      cluster.requestFault = { httpStatus: 503, path: /\/pods$/ };
      await writeFile(file, "left\n");
    }
    assertEquals(seen, ["1", "2"]);
    assertEquals(told.length, 1);
    assertMatch(told[0]!, /^Cannot list pods .*503/);
    await jobs.delete(name, { propagationPolicy: "Foreground" });
    await jobs.waitForDeletion(name);
  },
);

testCase("logs.all: no pod at all", async ({ pods }) => {
  const { target } = labelled();
  const error = await rejection(pods.logs.all(target).next());
  assert(error instanceof TargetNotFoundError);
  const missing = pods.logs.all("missing", { follow: true });
  assert(await rejection(missing.next()) instanceof TargetNotFoundError);
});

embeddedCase(
  "logs.all: a log that may not be read",
  async ({ pod, options, namespace }) => {
    const { target, labels } = labelled();
    await podsOfLabel(pod, labels, 2);
    const client = await createClient(options("viewer"));
    try {
      const viewed = new Api(Pod, { client, namespace });
      const error = await rejection(viewed.logs.all(target).next());
      assert(error instanceof ApiError && error.httpStatus === 403);
      const failed: string[] = [];
      const lines = viewed.logs.all(target, {
        onError: (error, { pod }) => failed.push(`${pod}: ${error.name}`),
      });
      assertEquals(await Array.fromAsync(lines), []);
      assertEquals(failed.length, 2);
      const thrown = new Error("from the callback");
      const others = viewed.logs.all(target, {
        onError() {
          throw thrown;
        },
      });
      assertEquals(await rejection(others.next()), thrown);
    } finally {
      await client.close();
    }
  },
  { needs: ["users"] },
);

for (const follow of [true, false]) {
  testCase(
    `logs.all: a slow reader of ${
      follow ? "followed" : "whole"
    } logs loses nothing`,
    async ({ pods, pod }) => {
      const { target, labels } = labelled();
      const count = 3;
      const total = 4_000;
      // Long lines: far more than the sockets and the reader hold.
      const write = `i=0; while [ $i -lt ${total} ]; do i=$((i+1)); ` +
        "printf '%0200d\\n' $i; done";
      const script = {
        // containerd 1.6 loses what a container writes just before its end.
        ...once(`${write}; sleep 1`),
        ...!follow && { until: hasEnded },
      };
      await podsOfLabel(pod, labels, count, [script, script, script]);
      const next = new Map<string, number>();
      let read = 0;
      for await (const { pod, line } of pods.logs.all(target, { follow })) {
        const number = (next.get(pod) ?? 0) + 1;
        assertEquals(Number(line), number);
        next.set(pod, number);
        if (++read % total === 1) await delay(200);
        if (read === count * total) break;
      }
      assertEquals([...next.values()], Array(count).fill(total));
    },
  );
}
