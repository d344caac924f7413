/** One block of PEM text (RFC 7468, 3). */
export interface PemBlock {
  /** What it is: `CERTIFICATE`, for example. */
  readonly label: string;
  /** The block with its first and its last line. */
  readonly text: string;
  /** Headers that old private keys have (RFC 1421, 4.6), and base64. */
  readonly content: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/gs;
const HEADER = /^[\w-]+:.*(\n[ \t].*)*$/gm;

/** The blocks of `text` whose label is of the `kind`. */
export function pemBlocks(text: string, kind: RegExp): PemBlock[] {
  return [...text.matchAll(BLOCK)]
    .map(([block, label, content]) => ({
      label: label!,
      text: block,
      content: content!.replaceAll("\r", ""),
    }))
    .filter(({ label }) => kind.test(label));
}

/** Whether what a block has besides headers is base64. */
export function isSound({ content }: PemBlock): boolean {
  const base64 = content.replace(HEADER, "").replace(/\s/g, "");
  try {
    return base64 !== "" && atob(base64) !== "";
  } catch {
    return false;
  }
}

/** Whether a private key can only be read with a password. */
export function isEncrypted({ label, content }: PemBlock): boolean {
  return label.startsWith("ENCRYPTED") ||
    /^Proc-Type:.*\bENCRYPTED\b/m.test(content);
}
