const SENTENCE_END = /(?<=[.!?])\s+(?=[A-Z"`'])/;
const SAYS_A_RULE =
  /\b(default(s|ed)?|must|required|valid|one of|only one|immutable|deprecated|in seconds|base64|rfc \d+)\b/i;
const POINTS_ELSEWHERE = /^(more info|see|cannot be updated)\b/i;

/**
 * A description in short: its first sentence, and those that say a rule or a
 * default. Whole, they are most of the size of the files.
 */
export function shorten(description: string): string {
  const [first = "", ...rest] = oneLine(description).split(SENTENCE_END);
  const rules = rest.filter((sentence) =>
    SAYS_A_RULE.test(sentence) && !POINTS_ELSEWHERE.test(sentence)
  );
  return [first, ...rules].join(" ").replaceAll("*/", "* /");
}

/** A comment of `text`, its lines at most 80 columns wide. */
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
