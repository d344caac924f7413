/** A block of PEM text (RFC 7468, 3). */
export interface PemBlock {
  /** For example `CERTIFICATE`. */
  readonly label: string;
  /** The block, including its first and last line. */
  readonly text: string;
  /** Base64, after the headers that old private keys have (RFC 1421, 4.6). */
  readonly content: string;
}

const BOUNDARY = /-----(BEGIN|END) ([A-Z0-9 ]+)-----/g;
const HEADER = /^[\w-]+:.*(\n[ \t].*)*$/gm;

/**
 * The blocks of `text` whose label matches `kind`, in one pass: a search for the
 * end of each beginning would be quadratic. A block without an end is skipped.
 */
export function pemBlocks(text: string, kind: RegExp): PemBlock[] {
  const blocks: PemBlock[] = [];
  let begin: RegExpExecArray | null = null;
  for (const boundary of text.matchAll(BOUNDARY)) {
    const [line, type, label] = boundary;
    if (type === "BEGIN") begin = boundary;
    else if (begin !== null && begin[2] === label) {
      const start = begin.index + begin[0].length;
      const content = text.slice(start, boundary.index).replaceAll("\r", "");
      const whole = text.slice(begin.index, boundary.index + line.length);
      if (kind.test(label!)) {
        blocks.push({ label: label!, text: whole, content });
      }
      begin = null;
    }
  }
  return blocks;
}

/** Whether a block's content, without headers, is base64. */
export function isBase64({ content }: PemBlock): boolean {
  const base64 = content.replace(HEADER, "").replace(/\s/g, "");
  try {
    return base64 !== "" && atob(base64) !== "";
  } catch {
    return false;
  }
}

/** Whether a private key is encrypted with a password. */
export function isEncrypted({ label, content }: PemBlock): boolean {
  return label.startsWith("ENCRYPTED") ||
    /^Proc-Type:.*\bENCRYPTED\b/m.test(content);
}
