import { provideWorkerd } from "../../tools/runner/packages.ts";

/** Options of {@linkcode withWorker}. */
export interface WorkerOptions {
  /** The bundled module. */
  readonly script: string;
  /** PEM of an additional trusted authority. */
  readonly certificateAuthority: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Runs `body` with the URL of a Worker in Cloudflare's runtime. */
export async function withWorker(
  options: WorkerOptions,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const program = await provideWorkerd();
  const folder = await Deno.makeTempDir({ prefix: "podwire-worker-" });
  try {
    await Deno.writeTextFile(`${folder}/worker.js`, options.script);
    await Deno.writeTextFile(`${folder}/ca.crt`, options.certificateAuthority);
    await Deno.writeTextFile(`${folder}/worker.capnp`, configuration(options));
    const child = new Deno.Command(program, {
      args: ["serve", "--control-fd=1", `${folder}/worker.capnp`],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.getReader();
    try {
      await body(`http://127.0.0.1:${await readPort(reader)}`);
    } finally {
      // At a SIGTERM it waits for its clients.
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** workerd prints its port as one line of JSON. */
async function readPort(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<number> {
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`workerd ended before it listened: ${text}`);
    text += new TextDecoder().decode(value);
  }
  return JSON.parse(text.split("\n")[0]!).port;
}

function configuration({ settings }: WorkerOptions): string {
  const bindings = Object.entries(settings).map(([name, text]) =>
    `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = "2026-01-01",
      bindings = [${bindings.join(", ")}],
    )),
    (name = "internet", network = (
      allow = ["public", "private", "local"],
      tlsOptions = (trustBrowserCas = true, trustedCertificates = [embed "ca.crt"]),
    )),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}
