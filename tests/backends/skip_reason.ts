import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Backend, Capability, Sandbox, TransportKind } from "./backend.ts";

/** What a test case requires of a backend. */
export interface CaseRequirements {
  readonly protocol?: ChannelProtocol;
  readonly needs?: readonly Capability[];
}

/** Why a test case cannot run on a backend; undefined when it can. */
export function skipReason(
  backend: Backend<Sandbox>,
  transport: TransportKind,
  { protocol = backend.protocol, needs = [] }: CaseRequirements,
): string | undefined {
  if (backend.protocol !== protocol) {
    return `the server speaks ${backend.protocol}`;
  }
  const missing = needs.find((need) => !backend.capabilities.includes(need));
  return missing === undefined
    ? backend.unsupportedTransports?.[transport]
    : `the backend has no ${missing}`;
}
