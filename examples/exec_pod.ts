/**
 * Creates a pod, runs a command in it, opens an interactive shell with a
 * terminal, and deletes the pod.
 *
 *     deno run -A examples/exec_pod.ts      bun examples/exec_pod.ts
 */
import { Api, createClient, isRunning, Pod } from "@podwire/podwire";

const client = await createClient();
const pods = new Api(Pod, { client });

const { metadata: { name } } = await pods.create({
  metadata: { generateName: "podwire-exec-" },
  spec: {
    containers: [
      { name: "main", image: "busybox", command: ["sleep", "3600"] },
    ],
    terminationGracePeriodSeconds: 0,
  },
});
console.log(`created ${name}`);

try {
  await pods.waitFor(name, isRunning, { timeout: 120_000 });
  console.log(`${name} is running`);

  const listing = await pods.exec.run(name, { command: ["ls", "-la", "/"] });
  console.log(`ls -la / exited with ${listing.exitCode}:`);
  for (const line of listing.lines()) console.log(`  ${line}`);

  const upper = await pods.exec.run(name, {
    command: ["tr", "a-z", "A-Z"],
    stdin: "through stdin and back",
  });
  console.log(`tr a-z A-Z answered: ${upper.throwIfFailed().text()}`);

  const shell = await pods.exec.stream(name, {
    command: ["sh"],
    stdin: true,
    tty: true,
    size: { width: 80, height: 24 },
  });
  await shell.resize({ width: 120, height: 40 });
  await shell.write("sleep 1; echo rows and columns: $(stty size)\n");
  await shell.write("exit 7\n");
  console.log(`the shell, resized to 120x40 (${shell.protocol}):`);
  for await (const text of shell.stdout.pipeThrough(new TextDecoderStream())) {
    for (const line of text.split("\r\n")) if (line) console.log(`  ${line}`);
  }
  console.log(`the shell exited with ${await shell.exitCode}`);
} finally {
  await pods.delete(name);
  console.log(`deleted ${name}`);
  await client.close();
}
