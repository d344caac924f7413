/**
 * Attaches to the main process of a container, a small REPL, talks to it, and
 * leaves it running.
 *
 *     deno run -A examples/attach_pod.ts      bun examples/attach_pod.ts
 */
import { Api, createClient, isRunning, Pod } from "@podwire/podwire";

const client = await createClient();
const pods = new Api(Pod, { client });

const repl = 'while read -r line; do echo "you said: $line"; done';
const { metadata: { name } } = await pods.create({
  metadata: { generateName: "podwire-attach-" },
  spec: {
    containers: [{
      name: "main",
      image: "busybox",
      command: ["sh", "-c", repl],
      // Otherwise the cluster discards what is written after an attach.
      stdin: true,
    }],
    terminationGracePeriodSeconds: 0,
  },
});
console.log(`created ${name}`);

try {
  await pods.waitFor(name, isRunning, { timeout: 120_000 });
  console.log(`${name} is running`);

  const session = await pods.attach.stream(name, { stdin: true });
  const lines = session.stdout.pipeThrough(new TextDecoderStream());
  await session.write("hello\n");
  for await (const text of lines.values({ preventCancel: true })) {
    console.log(`  ${text.trimEnd()}`);
    if (text.includes("you said: hello")) break;
  }
  await session.close();
  console.log("detached");

  const { status } = await pods.get(name);
  console.log(`${name} is still ${status?.phase}`);
} finally {
  await pods.delete(name);
  console.log(`deleted ${name}`);
  await client.close();
}
