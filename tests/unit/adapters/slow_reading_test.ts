// A slow reader pauses and resumes the socket all the time.
import { assert } from "@std/assert";
import { withServer } from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { test } from "../../harness.ts";
import { pattern } from "../../support/bytes.ts";

const MIB = 2 ** 20;
const READS = 500;

/** More than the system takes on both sides. */
const AHEAD = 20 * MIB;

for (const mode of ["plain", "tls"] as const) {
  test(`${mode}: a socket that pauses after every read holds no more each time`, async () => {
    let written = 0;
    await withServer(mode, async (exchange) => {
      const chunk = pattern(64 * 1024);
      const body = exchange.stream(200);
      let gone = false;
      exchange.closed.then(() => gone = true);
      while (!gone) {
        written += chunk.byteLength;
        if (!body.write(chunk)) {
          await Promise.race([body.drained(), exchange.closed]);
        }
      }
    }, async (fixture) => {
      const response = await runtimeTransport().request(fixture.http());
      const reader = response.body!.getReader();
      let received = 0;
      for (let count = 0; count < READS; count++) {
        received += (await reader.read()).value!.byteLength;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assert(written - received < AHEAD, `${written - received} bytes ahead`);
      await reader.cancel();
    });
  });
}
