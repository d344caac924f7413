// Watches that a server answers with 200, but without events.
import { assert, assertEquals } from "@std/assert";
import { ProtocolError } from "../../mod.ts";
import { embeddedCase } from "./fixture.ts";

for (
  const [what, body] of [["nothing", ""], ["HTML", "<html>\n</html>"]] as const
) {
  embeddedCase(
    `watches: three answers with ${what}, and it lists again`,
    async ({ pods, pod }, cluster) => {
      const first = await pod();
      cluster.watchFault = { body, times: 3 };
      const retries: Error[] = [];
      const events = pods.watch({ onRetry: (error) => retries.push(error) });
      const name = async () =>
        (await events.next()).value!.object.metadata.name;
      assertEquals(await name(), first);
      const next = name();
      while (retries.length < 3) await new Promise((go) => setTimeout(go, 10));
      const second = await pod();
      assertEquals(await next, second);
      await events.return!();
      assert(retries.every((error) => error instanceof ProtocolError));
      assertEquals(retries.length, 3);
    },
    { alone: true },
  );
}
