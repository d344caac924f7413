import {
  decodeBase64,
  decodeText,
  encodeBase64Url,
  encodeText,
} from "./bytes.ts";

/** The longest quotation, in characters. */
const MAX_LENGTH = 300;

const HIDDEN = "***";

/**
 * Terminal control sequences of ECMA-48, in 7 and 8 bits: CSI; then OSC, DCS, SOS,
 * PM and APC, up to their terminator; then the other escape sequences.
 */
const ESCAPES =
  // deno-lint-ignore no-control-regex
  /(\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(\x07|\x1b\\|\x9c)?|\x1b./g;

/** Words that a secret may follow. */
const SENSITIVE =
  /((token|secret|password|passwd|authorization|key)\W*[:=]\W*|bearer)$/i;

/** Shorter strings are not secrets, and occur in any word. */
const MIN_SECRET_LENGTH = 4;

/** Words and numbers as in a sentence, a path or an address. */
const PLAIN = /^([a-z]{1,24}|\d{1,4})?([./:@_-]([a-z]{1,24}|\d{1,4})?)*$/i;

/**
 * The end of a program's output, safe to quote in a message: only words that
 * look like plain language are kept, since anything else may be a secret.
 *
 * @param secrets Never quoted, whatever they look like.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const hidden = hide(secrets, stripEscapes(text));
  let sensitive = false;
  const words = hidden.trim().split(/\s+/).map((word) => {
    const shown = sensitive || !isPlain(word) ? HIDDEN : word;
    sensitive = SENSITIVE.test(word);
    return shown;
  });
  const quoted = hide(secrets, words.join(" "));
  return quoted.length > MAX_LENGTH
    ? `... ${quoted.slice(-MAX_LENGTH)}`
    : quoted;
}

/** Repeats each replacement, because it can create a new match. */
function hide(secrets: readonly string[], text: string): string {
  return secrets.filter((it) => it.length >= MIN_SECRET_LENGTH)
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, secret) => {
      let hidden = left;
      while (hidden.includes(secret)) {
        hidden = hidden.replaceAll(secret, HIDDEN);
      }
      return hidden;
    }, text);
}

/** The shortest beginning of a secret that is hidden at the end of a text. */
const MIN_BEGINNING = 8;

/** The characters that HTML has names for. */
const HTML_NAMES: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/** Finds a secret, also as JSON, URLs and HTML escape it. */
function escapedForms(secret: string): RegExp {
  const source = secret.replace(/[!-/:-@[-`{-~]/g, (char) => {
    const hex = char.charCodeAt(0).toString(16);
    const forms = [
      `\\\\?\\x${hex}`,
      `\\\\u00${hex}`,
      `%${hex}`,
      `&#0*${char.charCodeAt(0)};`,
      `&#x0*${hex};`,
    ];
    const name = HTML_NAMES[char];
    if (name !== undefined) forms.push(`&${name};`);
    return `(?:${forms.join("|")})`;
  });
  return new RegExp(source, "gi");
}

/** Names of headers that hold credentials. */
const CREDENTIAL_HEADER = /auth|cookie|token|secret|api-?key/i;

/** Whether a header, or a parameter of a URL, may hold credentials. */
export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL_HEADER.test(name);
}

/**
 * `text` without the credentials of a request, which the server's response may
 * repeat: as sent, as a WebSocket subprotocol, or decoded.
 *
 * @param headers The headers of the request.
 */
export function hideCredentials(
  text: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
): string {
  const secrets = Object.entries(headers)
    .filter(([name]) => isCredentialHeader(name))
    .flatMap(([, value]) => value)
    .flatMap(formsOf)
    .filter((it) => it.length >= MIN_SECRET_LENGTH);
  const hidden = secrets.reduce(
    (left, secret) => left.replace(escapedForms(secret), HIDDEN),
    hide(secrets, text),
  );
  return secrets.reduce(hideBeginning, hidden);
}

/** A text may be cut off within a secret. */
function hideBeginning(text: string, secret: string): string {
  const last = text.slice(-secret.length);
  for (let at = 0; at <= last.length - MIN_BEGINNING; at++) {
    if (secret.startsWith(last.slice(at))) {
      return text.slice(0, text.length - last.length + at) + HIDDEN;
    }
  }
  return text;
}

/** The forms of a header's value that may be repeated. */
function formsOf(value: string): string[] {
  const credentials = value.replace(/^(bearer|basic)\s+/i, "");
  const forms = [credentials, encodeBase64Url(encodeText(credentials))];
  if (!/^basic /i.test(value)) return forms;
  try {
    const pair = decodeText(decodeBase64(credentials));
    return [...forms, pair, pair.slice(pair.indexOf(":") + 1)];
  } catch {
    return forms; // Not base64.
  }
}

/**
 * Removes everything that a terminal would not print, except tabs and line breaks:
 * those of any kind become LF.
 */
export function stripEscapes(text: string): string {
  return text.replace(ESCAPES, "").replace(/\r\n?|[\v\f\x85]/g, "\n")
    // deno-lint-ignore no-control-regex
    .replace(/[\0-\x08\x0e-\x1f\x7f-\x9f]/g, "");
}

/** The most of a server's text that a message quotes, in characters. */
const MAX_EXCERPT = 200;

/**
 * A server's text in quotes, shortened, on one line; empty for no text.
 *
 * @param longest How many characters are quoted.
 */
export function quoteText(text: string, longest: number = MAX_EXCERPT): string {
  const line = stripEscapes(text).replace(/\s+/g, " ").trim();
  if (line === "") return "";
  const isLong = line.length > longest;
  return `"${isLong ? `${line.slice(0, longest)}...` : line}"`;
}

function isPlain(word: string): boolean {
  return PLAIN.test(word.replace(/^[^a-z\d]+|[^a-z\d]+$/gi, ""));
}

/** The longest path of Linux, PATH_MAX; it bounds the searches below, too. */
const MAX_PATH = 4096;

/** The longest name or path that messages quote, in bytes. */
const MAX_QUOTED = 255;

/**
 * The content of a file instead of its path: several lines, JSON, PEM or its
 * base64, a JWT, a private key without its PEM lines.
 */
const CONTENT =
  /[\0\r\n]|^\s*\{|(?:^|[/\\:;])\s*(?:-----BEGIN|LS0t|eyJ|M[A-Z][A-Za-z0-9+/]{2}C?AQ[\w+/]{40}|MII[\w+/]{60})/;

/** Long base64 has letters of both cases and digits; no name of a file does. */
const LONG_RUN = /[A-Za-z0-9+=]{40,}/g;

/** A kubeconfig in one line, as an unquoted shell variable gives it; a password. */
const ONE_LINE =
  /(^|[\s{,])["']?(apiVersion|clusters|contexts|users|current-context|token|password|[a-z-]+-data)["']?:(\s|$)|:\/\/[^\s/]*:[^\s/]*@/;

/**
 * Whether a setting's value is a text or a secret where a name or a path belongs,
 * as after `KUBECONFIG=$(cat config)`.
 */
export function looksLikeContent(value: string): boolean {
  return value.length > MAX_PATH || CONTENT.test(value) ||
    ONE_LINE.test(value);
}

/** Whether messages may quote a name or a path from a setting. */
export function isQuotable(value: string): boolean {
  if (value.length > MAX_QUOTED) return false;
  const runs = value.match(LONG_RUN) ?? [];
  return encodeText(value).byteLength <= MAX_QUOTED &&
    !looksLikeContent(value) &&
    !runs.some((it) => /[a-z]/.test(it) && /[A-Z]/.test(it) && /\d/.test(it));
}

/** A name from a setting in quotes, unless it may be a secret. */
export function quote(name: string): string {
  return isQuotable(name) ? `"${stripEscapes(name)}"` : "(not shown)";
}

/**
 * Defines what an inspection of the class's instances shows, with `getters` and
 * `showHidden` too: those would read accessors that return secrets.
 */
export function defineInspection<Instance extends object>(
  constructor: { readonly prototype: Instance },
  show: (instance: Instance) => string,
): void {
  // Node, Deno and Bun use the same symbol.
  const custom = Symbol.for("nodejs.util.inspect.custom");
  Object.defineProperty(constructor.prototype, custom, {
    value(this: Instance): string {
      return show(this);
    },
  });
}
