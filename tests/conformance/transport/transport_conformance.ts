import { connectCases } from "./cases/connect_cases.ts";
import { endingCases } from "./cases/ending_cases.ts";
import { flowCases } from "./cases/flow_cases.ts";
import { closeHandshakeCases } from "./cases/close_handshake_cases.ts";
import { headerCases } from "./cases/header_cases.ts";
import { httpCases } from "./cases/http_cases.ts";
import { messageCases } from "./cases/message_cases.ts";
import { proxyRefusalCases } from "./cases/proxy_refusal_cases.ts";
import { proxyCases } from "./cases/proxy_cases.ts";
import { refusalCases } from "./cases/refusal_cases.ts";
import { tlsCases } from "./cases/tls_cases.ts";
import type { TransportSubject } from "./subject.ts";

/**
 * Tests a transport against its contract. What its capabilities exclude has
 * to be refused as the contract requires.
 */
export function conformTransport(subject: TransportSubject): void {
  connectCases(subject);
  refusalCases(subject);
  messageCases(subject);
  endingCases(subject);
  closeHandshakeCases(subject);
  flowCases(subject);
  headerCases(subject);
  httpCases(subject);
  tlsCases(subject);
  proxyCases(subject);
  proxyRefusalCases(subject);
}
