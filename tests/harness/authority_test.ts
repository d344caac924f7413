import { assertEquals } from "@std/assert";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { trustedAuthority } from "./authority.ts";
import { test } from "../harness.ts";

test("the standard fetch trusts the authority of the test runner", async () => {
  const { certificate, key } = await (await trustedAuthority()).issueServer();
  const server = createServer({ cert: certificate, key }, (_, response) => {
    response.setHeader("connection", "close");
    response.end("trusted");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const response = await fetch(`https://127.0.0.1:${port}/`);
    assertEquals(await response.text(), "trusted");
  } finally {
    server.close();
    await once(server, "close");
  }
});
