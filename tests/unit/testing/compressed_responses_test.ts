import { assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { createClient } from "../../../mod.ts";
import { decodeText } from "../../../src/bytes.ts";
import { startCluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";

test("long responses are compressed for those who accept it, as by an API server", async () => {
  const cluster = await startCluster();
  const client = await createClient(cluster.clientOptions());
  const path = "/api/v1/namespaces/default/configmaps";
  const get = async (headers?: Record<string, string>) => {
    const response = await client.request({ method: "GET", path, headers });
    const body = await new Response(response.body).arrayBuffer();
    return { coding: response.headers.get("content-encoding"), body };
  };
  try {
    const gzip = { "accept-encoding": "br;q=1, gzip;q=0.5" };
    assertEquals((await get(gzip)).coding, null);
    const body = new TextEncoder().encode(JSON.stringify({
      metadata: { name: "long" },
      data: { text: "long ".repeat(40_000) },
    }));
    const { body: created } = await client.request({
      method: "POST",
      path,
      headers: { "content-type": "application/json" },
      body,
    });
    await created.cancel();
    const coded = await get(gzip);
    const plain = await get({ "accept-encoding": "identity" });
    const decoded = await get();
    assertEquals([coded.coding, plain.coding, decoded.coding], [
      "gzip",
      null,
      null,
    ]);
    const text = decodeText(new Uint8Array(plain.body));
    assertEquals(decodeText(gunzipSync(new Uint8Array(coded.body))), text);
    assertEquals(decodeText(new Uint8Array(decoded.body)), text);
  } finally {
    await client.close();
    await cluster.close();
  }
});
