import { connectRows } from "./rows/connect_rows.ts";
import { endingRows } from "./rows/ending_rows.ts";
import { flowRows } from "./rows/flow_rows.ts";
import { goodbyeRows } from "./rows/goodbye_rows.ts";
import { headerRows } from "./rows/header_rows.ts";
import { httpRows } from "./rows/http_rows.ts";
import { messageRows } from "./rows/message_rows.ts";
import { proxyRefusalRows } from "./rows/proxy_refusal_rows.ts";
import { proxyRows } from "./rows/proxy_rows.ts";
import { refusalRows } from "./rows/refusal_rows.ts";
import { tlsRows } from "./rows/tls_rows.ts";
import type { Subject } from "./subject.ts";

/**
 * Holds a transport to its contract. What its capabilities exclude is asserted
 * to be refused in the way that the contract says.
 */
export function conformTransport(subject: Subject): void {
  connectRows(subject);
  refusalRows(subject);
  messageRows(subject);
  endingRows(subject);
  goodbyeRows(subject);
  flowRows(subject);
  headerRows(subject);
  httpRows(subject);
  tlsRows(subject);
  proxyRows(subject);
  proxyRefusalRows(subject);
}
