import { RequestHeadParser } from "../../src/http/head.ts";
import { startByteServer } from "./byte_server.ts";

/** The `User-Agent` headers that a server receives while `body` runs. */
export async function userAgents(
  body: (url: string) => Promise<unknown>,
): Promise<(string | null)[]> {
  const seen: (string | null)[] = [];
  const server = await startByteServer((socket) => {
    const parser = new RequestHeadParser();
    socket.on("data", (chunk) => {
      const head = parser.feed(new Uint8Array(chunk));
      if (head === null) return;
      seen.push(head.headers.get("user-agent"));
      socket.end(
        "HTTP/1.1 403 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
      );
    });
  });
  try {
    await body(`http://127.0.0.1:${server.port}`);
  } finally {
    await server.close();
  }
  return seen;
}
