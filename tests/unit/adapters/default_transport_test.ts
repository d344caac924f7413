import { assertEquals } from "@std/assert";
import { defaultTransport } from "../../../src/adapters/default_transport.ts";
import { runtime, test } from "../../harness.ts";

test("the default transport is that of the runtime, and can do everything", async () => {
  const { name, capabilities } = await defaultTransport();
  assertEquals(name, runtime);
  assertEquals(capabilities, {
    headers: true,
    tls: true,
    pause: true,
    ping: true,
    answer: true,
    tunnel: true,
  });
});
