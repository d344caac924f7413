/** A block of PEM text (RFC 7468, 3). */
export interface PemBlock {
  /** For example `CERTIFICATE`. */
  readonly label: string;
  /** The block, including its first and last line. */
  readonly text: string;
  /** Base64, after the headers that old private keys have (RFC 1421, 4.6). */
  readonly content: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/gs;
const HEADER = /^[\w-]+:.*(\n[ \t].*)*$/gm;

/** The blocks of `text` whose label matches `kind`. */
export function pemBlocks(text: string, kind: RegExp): PemBlock[] {
  return [...text.matchAll(BLOCK)]
    .map(([block, label, content]) => ({
      label: label!,
      text: block,
      content: content!.replaceAll("\r", ""),
    }))
    .filter(({ label }) => kind.test(label));
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
