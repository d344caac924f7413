/** The maximum length of a body in a message, in characters. */
const MAX_TEXT = 300;

/** The plain-text body of an error response, shortened; HTML explains nothing. */
export function bodyText(body: string, headers: Headers): string {
  const text = body.trim();
  const isHtml = /\bhtml\b/i.test(headers.get("content-type") ?? "") ||
    /^<(!doctype|html|head|body)\b/i.test(text);
  if (isHtml) return "an HTML page, probably from a proxy";
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}
