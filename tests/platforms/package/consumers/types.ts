// Types of Node and of a page's streams together; compiled, never run.
import { Readable } from "node:stream";
import { Api, ConnectError, createClient, Pod } from "@podwire/podwire";
import { readFile } from "@podwire/podwire/files";

export async function copyToNode(): Promise<number> {
  const client = await createClient();
  const pods = new Api(Pod, { client });
  const session = await pods.exec.stream("web-0", { command: ["ls"] });
  const port = await pods.portForward.connect("web-0", 80);
  const sources: Readable[] = [
    Readable.fromWeb(session.stdout),
    Readable.fromWeb(session.stderr),
    Readable.fromWeb(port.readable),
    Readable.fromWeb(await pods.logs.stream("web-0")),
    Readable.fromWeb(await readFile(pods, "web-0", "/etc/hosts")),
  ];
  return sources.length;
}

/** With or without `DOM.AsyncIterable`. */
export async function readInLoops(): Promise<number> {
  const client = await createClient();
  const pods = new Api(Pod, { client });
  const session = await pods.exec.stream("web-0", { command: ["ls"] });
  let length = 0;
  for await (const chunk of session.stdout) {
    const bytes: Uint8Array<ArrayBuffer> = chunk;
    length += bytes.byteLength;
  }
  const kept = session.stderr.values({ preventCancel: true });
  for await (const chunk of kept) length += chunk.byteLength;
  return length;
}

/** They are still the streams of a page. */
export async function readOnPage(): Promise<string> {
  const client = await createClient();
  const pods = new Api(Pod, { client });
  const log = await pods.logs.stream("web-0");
  const [one, two] = log.tee();
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = one
    .getReader();
  const text: ReadableStream<string> = two.pipeThrough(new TextDecoderStream());
  (await text.getReader().read()).value?.trim();
  // @ts-expect-error: it takes text.
  log.pipeThrough(new TextEncoderStream());
  try {
    await reader.cancel();
    return await new Response(log).text();
  } catch (error) {
    return error instanceof ConnectError ? error.code : "";
  }
}
