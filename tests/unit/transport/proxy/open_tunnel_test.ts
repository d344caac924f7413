import { assert } from "@std/assert";
import { concatBytes, encodeText } from "../../../../src/bytes.ts";
import { ConnectError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { SeededRandom } from "../../../support/seeded_random.ts";
import { openScripted } from "./tunnel_script.ts";

/** What a proxy says, of which the noise keeps more or less. */
const ANSWERS = {
  http: encodeText("HTTP/1.1 200 OK\r\nvia: a\r\n\r\n"),
  socks5: Uint8Array.of(5, 2, 1, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0),
};

for (const [scheme, answer] of Object.entries(ANSWERS)) {
  test(`any response of a ${scheme}: proxy is a tunnel or a ConnectError`, async () => {
    const seeded = new SeededRandom(7);
    let opened = 0;
    let refused = 0;
    for (let round = 0; round < 2_000; round++) {
      const said = answer.slice();
      for (let changes = seeded.below(3); changes > 0; changes--) {
        said[seeded.below(said.length)] = seeded.below(256);
      }
      const kept = said.subarray(0, seeded.below(said.length * 2));
      const noise = seeded.bytes(seeded.below(20));
      const reads = seeded.split(concatBytes([kept, noise]), 9);
      try {
        await openScripted(`${scheme}://me:s3cret@proxy`, reads);
        opened++;
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        assert(/^PROXY_(AUTH|FAILED)$/.test(error.code), error.code);
        assert(!error.message.includes("s3cret"), error.message);
        refused++;
      }
    }
    assert(opened > 100 && refused > 100, `${opened} opened, ${refused} not`);
  });
}
