// The logs of containers.
import { assertEquals, assertMatch } from "@std/assert";
import { hasEnded } from "../backends/test_pod.ts";
import { delay } from "../support/async.ts";
import { testCase } from "./fixture.ts";
import { leave, untilLeft } from "./scripts.ts";

/** A container that runs a script once. */
function script(text: string) {
  return {
    container: { command: ["sh", "-c", text] },
    spec: { restartPolicy: "Never" },
  };
}

testCase(
  "logs: the whole log, its last lines, its first bytes",
  async ({ pods, pod }) => {
    const name = await pod({
      ...script("echo one; echo two; echo three; echo end"),
      until: hasEnded,
    });
    assertEquals(await pods.logs.text(name), "one\ntwo\nthree\nend\n");
    assertEquals(await pods.logs.text(name, { tailLines: 2 }), "three\nend\n");
    assertEquals(await pods.logs.text(name, { limitBytes: 5 }), "one\nt");
    const lines = await Array.fromAsync(pods.logs.lines(name));
    assertEquals(lines, ["one", "two", "three", "end"]);
  },
);

testCase(
  "logs: with timestamps, and since a time",
  async ({ pods, pod }) => {
    const file = `/tmp/podwire-${crypto.randomUUID()}`;
    const name = await pod(script(`echo one; ${untilLeft(file)}; echo two`));
    for await (const _ of pods.logs.lines(name, { follow: true })) break;
    // The first line is written. Servers truncate times to whole seconds.
    await delay(1_100);
    await pods.exec.run(name, { command: ["sh", "-c", leave(file)] });
    await pods.waitFor(name, hasEnded);
    const text = await pods.logs.text(name, { timestamps: true });
    const lines = text.trimEnd().split("\n");
    assertEquals(lines.map((line) => line.replace(/^\S+ /, "")), [
      "one",
      "two",
    ]);
    const [first, second] = lines.map((line) => line.split(" ")[0]!);
    assertMatch(
      first!,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$/,
    );
    const since = async (sinceTime: string | Date) =>
      await pods.logs.text(name, { sinceTime });
    assertEquals(await since(first!), "one\ntwo\n");
    assertEquals(await since(second!), "two\n");
    assertEquals(await since(new Date(Date.now() + 60_000)), "");
    assertEquals(
      await pods.logs.text(name, { sinceSeconds: 600 }),
      "one\ntwo\n",
    );
  },
);

testCase(
  "logs: follow to the container's end, as bytes and as lines",
  async ({ pods, pod }) => {
    const name = await pod(
      script("for i in 1 2 3; do echo $i; sleep 0.1; done"),
    );
    const stream = await pods.logs.stream(name, { follow: true });
    const lines = pods.logs.lines(name, { follow: true });
    assertEquals(await Array.fromAsync(lines), ["1", "2", "3"]);
    assertEquals(await new Response(stream).text(), "1\n2\n3\n");
  },
);

testCase(
  "logs: following ends by break, by abort and with the client",
  async ({ pods, pod, client }) => {
    const name = await pod(script("echo one; sleep 1000"));
    for await (const line of pods.logs.lines(name, { follow: true })) {
      assertEquals(line, "one");
      break;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await pods.logs.stream(name, { follow: true, signal });
    const reader = stream.getReader();
    await reader.read();
    controller.abort("enough");
    assertEquals(await reader.read().catch((reason) => reason), "enough");
    const other = await pods.logs.stream(name, { follow: true, tailLines: 0 });
    const pending = other.getReader().read();
    await client.close();
    assertMatch(
      String(await pending.catch((error) => error)),
      /client is closed/,
    );
  },
);

testCase(
  "logs: of two containers, the named one, else the first",
  async ({ pods, pod }) => {
    const name = await pod({
      containers: [
        { name: "a", command: ["sh", "-c", "echo from a; sleep 1000"] },
        { name: "b", command: ["sh", "-c", "echo from b; sleep 1000"] },
      ],
    });
    const first = async (container?: string) => {
      const options = { container, follow: true };
      for await (const line of pods.logs.lines(name, options)) return line;
    };
    assertEquals(await first("b"), "from b");
    // The containers start in no order: a text could be read before its line.
    assertEquals(await first(), "from a");
    assertEquals(await pods.logs.text(name), "from a\n");
  },
);
