import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Backend, Capability, Sandbox, TransportKind } from "./backend.ts";

/** What a row asks of its backend. */
export interface CaseRequirements {
  readonly protocol?: ChannelProtocol;
  readonly needs?: readonly Capability[];
}

/** Why a row cannot run on a backend; undefined when it can. */
export function skipReason(
  backend: Backend<Sandbox>,
  way: TransportKind,
  { protocol = backend.protocol, needs = [] }: CaseRequirements,
): string | undefined {
  if (backend.protocol !== protocol) return `it speaks ${backend.protocol}`;
  const missing = needs.find((need) => !backend.capabilities.includes(need));
  return missing === undefined
    ? backend.unsupportedTransports?.[way]
    : `it has no ${missing}`;
}
