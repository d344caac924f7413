import { runtimeTransport } from "./subject.ts";
import { conformTransport } from "./transport_conformance.ts";

conformTransport({ name: "socket", make: runtimeTransport });
