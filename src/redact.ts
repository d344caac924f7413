/** How much may be quoted, in characters. */
const MAX_LENGTH = 300;

const HIDDEN = "***";

/** Colours and whatever else moves a terminal. */
// deno-lint-ignore no-control-regex
const ESCAPES = /\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)/g;

/** Words after which comes what nobody is to see. */
const SENSITIVE =
  /((token|secret|password|passwd|authorization|key)\W*[:=]\W*|bearer)$/i;

/** Shorter ones are no secrets, and parts of any word. */
const MIN_SECRET_LENGTH = 4;

/** Words and numbers as one finds them in a sentence, a path or an address. */
const PLAIN = /^([a-z]{1,24}|\d{1,4})?([./:@_-]([a-z]{1,24}|\d{1,4})?)*$/i;

/**
 * The end of what a program said, fit for a message: only what looks like plain
 * language is quoted, for everything else may be a secret.
 *
 * @param secrets Never to be quoted, whatever they look like.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const hidden = hide(secrets, stripEscapes(text));
  let sensitive = false;
  const words = hidden.trim().split(/\s+/).map((word) => {
    const shown = sensitive || !isPlain(word) ? HIDDEN : word;
    sensitive = SENSITIVE.test(word);
    return shown;
  });
  const said = hide(secrets, words.join(" "));
  return said.length > MAX_LENGTH ? `... ${said.slice(-MAX_LENGTH)}` : said;
}

/** What stands for a secret may make another with what is beside it. */
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

/** `text` as it can be shown on a terminal, line breaks and all. */
export function stripEscapes(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(ESCAPES, "").replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, "");
}

function isPlain(word: string): boolean {
  return PLAIN.test(word.replace(/^[^a-z\d]+|[^a-z\d]+$/gi, ""));
}
