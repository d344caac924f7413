// A service on Node, for tools that bundle, load or start it. It is JavaScript,
// too, and has no top-level `await`: CommonJS knows none.
import { connect, createServer } from "node:net";
import {
  Api,
  ConfigMap,
  ConnectError,
  createClient,
  isRunning,
  Pod,
  PodwireError,
} from "@podwire/podwire";

async function serve() {
  const [kubeconfig, address, token] = JSON.parse(process.env.CLUSTER ?? "");
  const client = await createClient({ kubeconfig });
  const pods = new Api(Pod, { client });
  const { metadata } = await pods.create({
    metadata: { generateName: "service-" },
    spec: { containers: [{ name: "main", image: "busybox" }] },
  });
  await pods.waitFor(metadata.name, isRunning);
  const result = await pods.exec.run(metadata.name, {
    command: ["sh", "-c", "cat; exit 3"],
    stdin: "from stdin\n",
  });

  // Between the second client and the server, to be out of reach for once.
  let isAway = false;
  const leaving = new EventTarget();
  const proxy = createServer((socket) => {
    if (isAway) {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(new URL(address).port), "127.0.0.1");
    leaving.addEventListener("leave", () => socket.destroy());
    socket.on("error", () => {}).on("close", () => upstream.destroy());
    upstream.on("error", () => {}).on("close", () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise((resolve) => {
    proxy.listen(0, "127.0.0.1", () => resolve(undefined));
  });

  // The first token is refused.
  let tokens = 0;
  const { port } = Object(proxy.address());
  const second = await createClient({
    server: `https://127.0.0.1:${port}`,
    token: () => Promise.resolve(tokens++ === 0 ? "wrong" : token),
    namespace: client.namespace ?? undefined,
    insecureSkipTlsVerify: true,
  });
  const configMaps = new Api(ConfigMap, { client });
  const name = `${metadata.name}-map`;
  await configMaps.create({ metadata: { name } });
  const survived = new Set();
  const events = new Api(ConfigMap, { client: second }).watch({
    fieldSelector: `metadata.name=${name}`,
    onRetry(error) {
      if (!(error instanceof ConnectError)) return;
      survived.add(error instanceof PodwireError ? error.name : "no error");
      isAway = false;
    },
  });
  const seen = [];
  for await (const event of events) {
    seen.push(event.type);
    if (event.type !== "ADDED") break;
    isAway = true;
    leaving.dispatchEvent(new Event("leave"));
    await configMaps.delete(name);
  }
  proxy.close();
  await second.close();
  await pods.delete(metadata.name, { gracePeriodSeconds: 0 });
  await client.close();
  const { exitCode } = result;
  return JSON.stringify([
    ...[result.text(), exitCode, tokens > 1, [...survived], seen],
  ]);
}

/** What it has seen; printed, too. */
export const outcome = serve();

outcome.then(console.log, (error) => {
  console.error(error);
  process.exitCode = 1;
});
