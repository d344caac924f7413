import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Ground, Offer, Site, Way } from "./ground.ts";

/** What a row asks of its ground. */
export interface Wishes {
  readonly protocol?: ChannelProtocol;
  readonly needs?: readonly Offer[];
}

/** Why a row cannot run on a ground; undefined when it can. */
export function whyUnfit(
  ground: Ground<Site>,
  way: Way,
  { protocol = ground.protocol, needs = [] }: Wishes,
): string | undefined {
  if (ground.protocol !== protocol) return `it speaks ${ground.protocol}`;
  const missing = needs.find((need) => !ground.offers.includes(need));
  return missing === undefined
    ? ground.closedWays?.[way]
    : `it has no ${missing}`;
}
