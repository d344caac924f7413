import { ConfigurationError } from "../errors.ts";
import type { Transport, TransportTarget } from "../transport/transport.ts";

/**
 * Refuses a configuration that the transport cannot honour, before anything is
 * sent: a silently dropped client certificate or proxy would be worse.
 *
 * @throws {ConfigurationError} Names the settings and the transport.
 */
export function checkCapabilities(
  action: string,
  target: Pick<TransportTarget, "tls" | "proxy">,
  transport: Transport,
): void {
  if (transport.capabilities.tls) return;
  const unmet: string[] = Object.keys(target.tls);
  if (target.proxy !== null) unmet.push("proxy");
  if (unmet.length === 0) return;
  throw new ConfigurationError(
    `Cannot ${action}: the transport "${transport.name}" cannot honour ` +
      `${unmet.join(", ")}; choose another transport or leave them out`,
  );
}
