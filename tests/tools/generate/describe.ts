const SENTENCE_END = /(?<=[.!?])\s+(?=[A-Z"`'])/;
const HAS_RULE =
  /\b(default(s|ed)?|must|required|valid|one of|only one|immutable|deprecated|in seconds|base64|rfc \d+)\b/i;
const IS_REFERENCE = /^(more info|see|cannot be updated)\b/i;

/**
 * Shortens a description to its first sentence and those with a rule or a
 * default. Full descriptions would be most of the files' size.
 */
export function shorten(description: string): string {
  const [first = "", ...rest] = oneLine(description).split(SENTENCE_END);
  const rules = rest.filter((sentence) =>
    HAS_RULE.test(sentence) && !IS_REFERENCE.test(sentence)
  );
  return [first, ...rules].join(" ").replaceAll("*/", "* /");
}

/** A comment of `text`, wrapped at 80 columns. */
export function comment(text: string, indent: string): string {
  const single = `${indent}/** ${text} */`;
  if (single.length <= 80) return `${single}\n`;
  const prefix = `${indent} * `;
  const lines = wrap(text, 80 - prefix.length);
  const body = lines.map((line) => `${prefix}${line}\n`).join("");
  return `${indent}/**\n${body}${indent} */\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
