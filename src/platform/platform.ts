/**
 * The sockets, files and variables of the runtime. A separate module, since the
 * npm package maps it to `platform_browser.ts` for browser bundles.
 */
export { defaultTransport } from "../adapters/default_transport.ts";
export { hostOf } from "./host.ts";
export { defaultUserAgent } from "./user_agent.ts";
