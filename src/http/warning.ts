/**
 * The texts of a `Warning` header (RFC 7234, section 5.5), as an API server
 * sends them: code 299, an agent, and the text as a quoted string. Other codes
 * are of proxies and caches.
 *
 * @param value The header's value, or several joined by commas; null: none.
 */
export function warningTexts(value: string | null): string[] {
  const texts: string[] = [];
  for (const [, code, quoted] of (value ?? "").matchAll(WARNING)) {
    if (code === "299") texts.push(quoted!.replace(/\\(.)/gs, "$1"));
  }
  return texts;
}

/** A code, an agent, a quoted text, and a quoted date where there is one. */
const WARNING =
  /(?:^|,)\s*(\d{3}) [^\s",]+ "((?:[^"\\]|\\.)*)"(?: "[^"]*")?\s*(?=,|$)/gs;
