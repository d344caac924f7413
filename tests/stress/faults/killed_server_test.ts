// The server is killed while sessions are open.
import type { TransportKind } from "../../backends/backend.ts";
import { test } from "../../harness.ts";
import { missing } from "./killable_server.ts";
import { killUnderLoad } from "./killed_server.ts";

for (const transport of ["socket", "web"] satisfies TransportKind[]) {
  test(
    `faults: kill -9 of the server: every session settles, with ConnectionLostError [${transport}]`,
    async () => void await killUnderLoad(transport, 10),
    { skip: missing, timeout: 40_000 },
  );
}
