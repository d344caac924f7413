// What a page of the tests can do: it hangs on the window.
import { Api, type Client, createClient, Pod } from "@podwire/podwire";
import { webTransport } from "@podwire/podwire/web";

/** Where the page finds its cluster, and as whom. */
export interface PageTarget {
  readonly server: string;
  readonly token?: string;
  readonly pod: string;
}

async function withPods<T>(
  { server, token }: PageTarget,
  body: (pods: Api<typeof Pod>) => Promise<T>,
): Promise<T> {
  const client: Client = await createClient({ server, token });
  try {
    return await body(new Api(Pod, { client, namespace: "default" }));
  } finally {
    await client.close();
  }
}

/** What a command writes and ends with. */
function run(place: PageTarget, command: string[], stdin: string | null) {
  return withPods(place, async (pods) => {
    const result = await pods.exec.run(place.pod, { command, stdin });
    return [result.text(), result.stderrText(), result.exitCode];
  });
}

/** A shell that is talked to. */
function talk(place: PageTarget, lines: string[]) {
  return withPods(place, async (pods) => {
    const session = await pods.exec.stream(place.pod, {
      command: ["sh"],
      stdin: true,
      tty: true,
      size: { width: 90, height: 30 },
    });
    const shown = new Response(session.stdout).text();
    for (const line of lines) await session.write(`${line}\n`);
    return [await shown, await session.exitCode, session.protocol];
  });
}

/** How many of so many random bytes come back as they went. */
function loop(place: PageTarget, length: number) {
  return withPods(place, async (pods) => {
    const sent = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 65536) {
      crypto.getRandomValues(sent.subarray(offset, offset + 65536));
    }
    const { stdout } = await pods.exec.run(place.pod, {
      command: ["cat"],
      stdin: sent,
    });
    return stdout.filter((byte, index) => byte === sent[index]).byteLength;
  });
}

/** What an exec fails with, for a page that may not. */
function failure(place: PageTarget) {
  return withPods(place, async (pods) => {
    const command = ["true"];
    const error = await pods.exec.run(place.pod, { command }).catch((it) => it);
    return [error.name, error.code];
  });
}

Object.assign(globalThis, {
  podwire: { run, talk, loop, failure, webTransport },
});

/** As the page has it. */
export interface Probe {
  readonly run: typeof run;
  readonly talk: typeof talk;
  readonly loop: typeof loop;
  readonly failure: typeof failure;
}
