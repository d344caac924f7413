import { webTransport } from "../../src/adapters/web.ts";
import { conformTransport } from "./transport_conformance.ts";

conformTransport({ name: "web", make: (options) => webTransport(options) });
