import { ConfigurationError } from "../errors.ts";
import type { Transport, TransportTarget } from "../transport/transport.ts";

/**
 * Refuses a configuration that the transport does not support, before anything
 * is sent: a silently dropped client certificate or proxy would be worse.
 *
 * @throws {ConfigurationError} Names the settings and the transport.
 */
export function checkCapabilities(
  action: string,
  target: Pick<TransportTarget, "tls" | "proxy">,
  transport: Transport,
): void {
  if (transport.capabilities.tls) return;
  const unsupported: string[] = Object.keys(target.tls);
  if (target.proxy !== null) unsupported.push("proxy");
  if (unsupported.length === 0) return;
  throw new ConfigurationError(
    `Cannot ${action}: the transport "${transport.name}" does not support ` +
      `${unsupported.join(", ")}; choose another transport or leave them out`,
  );
}
