// The server is killed while sessions are under way.
import type { TransportKind } from "../../backends/backend.ts";
import { test } from "../../harness.ts";
import { missing } from "./killable_server.ts";
import { killUnderLoad } from "./killed_server.ts";

for (const way of ["socket", "web"] satisfies TransportKind[]) {
  test(
    `faults: kill -9 of the server: every session settles, with ConnectionLostError [${way}]`,
    async () => void await killUnderLoad(way, 10),
    { skip: missing, timeout: 40_000 },
  );
}
