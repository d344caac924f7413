import { createClient } from "../../../mod.ts";
import { trustedAuthority } from "../../harness/authority.ts";
import { findUpstream } from "../../backends/upstream.ts";

/** What the upstream server still holds. */
interface Leftovers {
  /** Upgraded connections. */
  readonly open: number;
  readonly processes: number;
}

/** How long the server may take to release ended sessions, in milliseconds. */
const TIMEOUT = 5_000;

/** @throws {Error} The upstream server still has sessions or processes. */
export async function assertNoLeftovers(): Promise<void> {
  const deadline = performance.now() + TIMEOUT;
  for (;;) {
    const { open, processes } = await readLeftovers();
    if (open === 0 && processes === 0) return;
    if (performance.now() > deadline) {
      throw new Error(
        `The server still has ${open} sessions and ${processes} processes`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function readLeftovers(): Promise<Leftovers> {
  const found = findUpstream();
  if (typeof found === "string") throw new Error(found);
  const client = await createClient({
    server: found.servers.translated,
    token: found.tokens.admin,
    certificateAuthority: (await trustedAuthority()).certificate,
  });
  try {
    const path = "/podwire/sessions";
    const { body } = await client.request({ method: "GET", path });
    return await new Response(body).json();
  } finally {
    await client.close();
  }
}
