// A module that is bundled with the test kit, without its package for
// certificates.
import { Api, createClient, Pod } from "@podwire/podwire";
import { memoryTransport } from "@podwire/podwire/testing";

/** What a command in memory has printed, and its exit code. */
export const seen = (async () => {
  const transport = memoryTransport({
    pods: ["web-0"],
    exec: {
      async greet({ stdout }) {
        await stdout.write("in memory ");
        return 4;
      },
    },
  });
  const server = "http://memory";
  const client = await createClient({ server, transport });
  const pods = new Api(Pod, { client, namespace: "default" });
  const result = await pods.exec.run("web-0", { command: ["greet"] });
  await client.close();
  return `${result.text()}${result.exitCode}`;
})();
