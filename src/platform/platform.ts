/**
 * What a client finds around it: the sockets, files and variables of the
 * runtime. A module of its own, since the package for npm has bundlers for
 * pages put `page_surroundings.ts` in its place.
 */
export { defaultTransport } from "../adapters/default_transport.ts";
export { hostOf } from "./host.ts";
