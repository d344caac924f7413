import { type Client, type ClientOptions, createClient } from "../../../mod.ts";
import {
  type MemoryTransport,
  memoryTransport,
  type MemoryTransportOptions,
} from "../../../src/testing/mod.ts";

/** Runs `body` with a client of an API server in memory, and closes both. */
export async function withMemory(
  body: (client: Client, transport: MemoryTransport) => Promise<void>,
  options: MemoryTransportOptions = {},
  clientOptions: ClientOptions = {},
): Promise<void> {
  const transport = memoryTransport(options);
  const client = await createClient({
    server: "http://memory",
    namespace: "default",
    transport,
    ...clientOptions,
  });
  try {
    await body(client, transport);
  } finally {
    await client.close();
  }
}
