import { webTransport } from "../../../src/adapters/web/mod.ts";
import { runtime } from "../../harness.ts";
import { conformTransport } from "./transport_conformance.ts";

conformTransport({
  name: "web",
  outdated: runtime === "bun" && !("pause" in WebSocket.prototype),
  make: (options) => webTransport(options),
});
