/** PEM text that looks right; nothing parses it. */
export const CERTIFICATE =
  "-----BEGIN CERTIFICATE-----\nMIIBc2VjcmV0Y2VydA==\n-----END CERTIFICATE-----\n";
export const AUTHORITY =
  "-----BEGIN CERTIFICATE-----\nMIIBYXV0aG9yaXR5\n-----END CERTIFICATE-----\n";
export const KEY =
  "-----BEGIN PRIVATE KEY-----\nMIIBc2VjcmV0a2V5\n-----END PRIVATE KEY-----\n";
