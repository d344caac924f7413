// What `onEvent` is told on every server, and over both transports.
import { assert, assertEquals } from "@std/assert";
import { inspect } from "node:util";
import { Api, type ClientEvent, createClient, Pod } from "../../mod.ts";
import { eventually, rejection } from "../support/async.ts";
import { type Fixture, testCase } from "./fixture.ts";

/** Runs `body` with a client whose events are collected. */
async function withEvents(
  { options, namespace }: Fixture,
  body: (
    pods: Api<typeof Pod>,
    events: ClientEvent[],
    close: () => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  const events: ClientEvent[] = [];
  const client = await createClient({
    ...options(),
    onEvent: (event) => events.push(event),
  });
  try {
    await body(
      new Api(Pod, { client, namespace }),
      events,
      () => client.close(),
    );
  } finally {
    await client.close();
  }
}

/** The events of each call, without the names of pods and their namespace. */
function callsIn(events: readonly ClientEvent[]): string[] {
  const calls = new Map<number, string>();
  for (const event of events) {
    const last = event.path.split("/").at(-1);
    const before = calls.get(event.id) ?? `${event.method} ${last}:`;
    calls.set(event.id, `${before} ${wordOf(event)}`);
  }
  return [...calls.values()];
}

function wordOf(event: ClientEvent): string {
  switch (event.type) {
    case "response":
      return String(event.httpStatus);
    case "end":
      return event.error === null ? "end" : `end (${event.error})`;
    default:
      return event.type;
  }
}

testCase(
  "onEvent: verbs, exec and attach",
  (fixture) =>
    withEvents(fixture, async (pods, events) => {
      const name = await fixture.pod();
      await pods.get(name);
      const begun = performance.now();
      const command = ["sh", "-c", "cat; echo s3cret; exit 3"];
      const stdin = "x".repeat(10_000);
      // Without an end of stdin, v4 takes no stdin.
      const result = fixture.protocol === "v5.channel.k8s.io"
        ? await pods.exec.run(name, { command, stdin })
        : await pods.exec.run(name, {
          command: ["sh", "-c", "head -c 10000 /dev/zero; exit 3"],
        });
      assertEquals(result.exitCode, 3);
      const [, run] = events.filter((it) => it.type === "end");
      if (run === undefined) throw new Error("the run has no end");
      assertEquals([run.httpStatus, run.exitCode, run.error], [101, 3, null]);
      assert(run.bytesReceived > 10_000 && run.bytesReceived < 11_000);
      assert(run.duration > 0 && run.duration <= performance.now() - begun + 1);
      const session = await pods.attach.stream(name);
      await session.close();
      assertEquals(callsIn(events), [
        `GET ${name}: request 200 end`,
        "GET exec: upgrade open end",
        "GET attach: upgrade open end",
      ]);
      assert(!inspect(events, { depth: 9 }).includes("s3cret"));
    }),
);

testCase(
  "onEvent: watches and followed logs end when they are left, and with the client",
  (fixture) =>
    withEvents(fixture, async (pods, events, close) => {
      const name = await fixture.pod({
        container: { command: ["sh", "-c", "echo on; exec sleep 60"] },
      });
      for await (
        const _ of pods.watch({ fieldSelector: `metadata.name=${name}` })
      ) {
        break;
      }
      for await (const _ of pods.logs.lines(name, { follow: true })) break;
      await eventually(() => events.filter(isEnd).length >= 2);
      const counts = () => [
        events.filter((it) => it.type === "request").length,
        events.filter(isEnd).length,
      ];
      const [sent, ended] = counts();
      assertEquals(sent, ended);
      const lines = pods.logs.lines(name, { follow: true });
      assertEquals((await lines.next()).value, "on");
      const session = await pods.exec.stream(name, {
        command: ["sleep", "60"],
      });
      const next = rejection(lines.next());
      await close();
      await next;
      assertEquals(await session.exitCode, null);
      for (const own of Map.groupBy(events, ({ id }) => id).values()) {
        assertEquals(own.filter(isEnd).length, 1);
        assertEquals(own.at(-1)?.type, "end");
      }
    }),
);

function isEnd({ type }: ClientEvent): boolean {
  return type === "end";
}
