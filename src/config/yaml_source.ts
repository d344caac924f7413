/** A YAML text, prepared for the parser. */
export interface YamlSource {
  /** The first document. */
  readonly text: string;
  /** Marks a string that is `<<`, not a merge key. */
  readonly literal: string;
  /** Marks a string whose value is the base64 of the actual one. */
  readonly binary: string;
}

/** The text has none of these: nothing has to be prepared. */
const SPECIAL = /[\t!]|(["'])<<\1|^(?:---|\.\.\.)/m;

/**
 * Rewrites a YAML text so that `@std/yaml` reads it as kubectl's parser does:
 * everything after the first document is cut off; tags without a meaning in a
 * kubeconfig are left out, where a tagged plain scalar is a string; quoted `<<`
 * and `!!binary` are marked. Lines keep their numbers.
 *
 * @throws {SyntaxError} A tab indents an entry, which YAML forbids (YAML 1.2,
 * 6.1): the parser would treat it as not indented, and so lose its content.
 */
export function prepareYaml(text: string): YamlSource {
  const [literal, binary] = unusedCharacters(text);
  const source = { literal, binary };
  if (!SPECIAL.test(text)) return { ...source, text };
  return { ...source, text: new Scanner(text, source).scan() };
}

/** Two characters for private use that the text does not contain. */
function unusedCharacters(text: string): [string, string] {
  const unused: string[] = [];
  for (let code = 0xe000; unused.length < 2; code++) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) unused.push(character);
  }
  return [unused[0]!, unused[1]!];
}

const LINE = /[^\r\n]*/y;
const LINE_BREAK = /\r\n|[\r\n]/y;
const MARKER = /(---|\.\.\.)(?=\s|$)/y;
const TAB_INDENTED = /^ *\t[\t ]*(?:- |[\w-]+:\s)/;
const BLANK = /^[ \t]*$/;

const SPACES = /[ \t]+/y;
const ENTRY = /[-?](?=\s|$)/y;
const VALUE = /:(?=\s|$)/y;
const FLOW_VALUE = /:(?=[\s,[\]{}]|$)/y;
const ANCHOR = /[&*][^\s,[\]{}]+/y;
const TAG = /!(?:<[^>\s]*>|[^\s,[\]{}]*)/y;
/** Up to the first character of the tagged node. */
const AFTER_TAG = /[ \t]*(?:&\S+[ \t]+)?\S?/y;
const MERGE_KEY = /[ \t]*(?:&\S+[ \t]+)?<<[ \t]*(?=:)/y;
const DOUBLE_QUOTED = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const SINGLE_QUOTED = /'[^']*(?:''[^']*)*'/y;
const BLOCK_HEADER = /[|>][-+\d]*[ \t]*(?:#.*)?$/my;
const PLAIN = /(?:(?!:(?:\s|$)|[ \t]#)[^\r\n])+/y;
const FLOW_PLAIN = /(?:(?!:(?:[\s,[\]{}]|$)|[ \t]#)[^\r\n,[\]{}])+/y;

/** The tags of the core schema, which the parser knows. */
const CORE_TAG =
  /^(?:!|!!(?:str|int|float|bool|null|map|seq)|!<tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)>)$/;
const BINARY_TAG = /^(?:!!binary|!<tag:yaml\.org,2002:binary>)$/;
const NAMED_HANDLE = /^!\w[\w-]*!/;

/**
 * Walks through the tokens of the first document: enough to tell indicators from
 * the content of block scalars, quotes and plain scalars.
 */
class Scanner {
  readonly #text: string;
  readonly #marks: Omit<YamlSource, "text">;
  readonly #handles: Set<string> = new Set();
  #output = "";
  /** Up to here the text is in the output. */
  #copied = 0;
  #at = 0;
  #lineStart = 0;
  /** How many flow collections are open. */
  #depth = 0;
  /** The column of the innermost block node that a scalar belongs to. */
  #parent = -1;
  /** Where the node begins that may turn out to be a key. */
  #node: number | null = null;
  /** Deeper lines belong to the last scalar; null if it has ended. */
  #scalar: number | null = null;
  #binary = false;

  constructor(text: string, marks: Omit<YamlSource, "text">) {
    this.#text = text;
    this.#marks = marks;
  }

  /** The first document, rewritten. */
  scan(): string {
    let started = false;
    while (this.#at < this.#text.length) {
      this.#lineStart = this.#at;
      this.#node = null;
      const marker = this.#match(MARKER);
      if (marker !== null) {
        if (started) return this.#output + this.#rest(this.#lineStart);
        started = marker === "---";
      } else if (!started) {
        started = this.#isContent();
      }
      if (started) this.#scanLine();
      else this.#match(LINE);
      this.#match(LINE_BREAK);
    }
    return this.#output + this.#rest(this.#text.length);
  }

  /** Whether the line is neither blank, nor a comment, nor a directive. */
  #isContent(): boolean {
    const line = this.#peek(LINE);
    const handle = /^%TAG\s+(![\w-]*!?)/.exec(line)?.[1];
    if (handle !== undefined) this.#handles.add(handle);
    return !/^(?:%|[ \t]*(?:#|$)|\ufeff$)/.test(line);
  }

  #scanLine(): void {
    const line = this.#peek(LINE);
    if (BLANK.test(line)) {
      this.#match(LINE);
      return;
    }
    const indentation = /^ */.exec(line)![0].length;
    const isFirst = this.#at === this.#lineStart;
    if (this.#scalar !== null && isFirst && indentation > this.#scalar) {
      if (this.#binary) {
        this.#insert(this.#at + indentation, this.#marks.binary);
      }
      this.#binary = false;
      this.#match(LINE);
      return;
    }
    this.#scalar = null;
    if (this.#depth === 0 && isFirst && TAB_INDENTED.test(`${line}\n`)) {
      const number = this.#text.slice(0, this.#at).split("\n").length;
      throw new SyntaxError(`line ${number} is indented with a tab`);
    }
    while (this.#scanToken());
  }

  /** Scans a token; false at the end of the line. */
  #scanToken(): boolean {
    const text = this.#text;
    const spaces = this.#match(SPACES) !== null;
    const character = text[this.#at];
    if (character === undefined || character === "\n" || character === "\r") {
      return false;
    }
    if (character === "#" && (spaces || this.#at === this.#lineStart)) {
      this.#match(LINE);
      return false;
    }
    if (this.#depth === 0 && this.#peek(ENTRY) !== "") {
      this.#parent = this.#at - this.#lineStart;
      this.#node = null;
      this.#at++;
      return true;
    }
    if (this.#peek(this.#depth === 0 ? VALUE : FLOW_VALUE) !== "") {
      if (this.#depth === 0) this.#parent = this.#node ?? this.#parent;
      this.#node = null;
      this.#at++;
      return true;
    }
    if ("[{".includes(character)) this.#depth++;
    if (this.#depth > 0 && "[]{},".includes(character)) {
      if ("]}".includes(character)) this.#depth--;
      this.#at++;
      return true;
    }
    return this.#scanNode(character);
  }

  #scanNode(character: string): boolean {
    this.#node ??= this.#at - this.#lineStart;
    if (this.#match(ANCHOR) !== null) return true;
    if (character === "!") {
      this.#scanTag();
      return true;
    }
    const start = this.#at;
    if (character === '"' || character === "'") {
      const quoted = this.#match(
        character === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED,
      );
      // Unterminated: the parser reports it.
      if (quoted === null) this.#at = this.#text.length;
      else this.#mark(start + 1, quoted.slice(1, -1));
      return quoted !== null;
    }
    if (this.#depth === 0 && this.#peek(BLOCK_HEADER) !== "") {
      this.#match(LINE);
      this.#scalar = this.#parent;
      return false;
    }
    const plain = this.#match(this.#depth === 0 ? PLAIN : FLOW_PLAIN) ??
      this.#text[this.#at++]!;
    if (this.#binary) this.#mark(start, plain);
    const isLast = /^[\r\n]?$/.test(this.#text[this.#at] ?? "");
    if (isLast && this.#depth === 0) this.#scalar = this.#parent;
    return true;
  }

  /** Marks the scalar whose content begins at `start`. */
  #mark(start: number, content: string): void {
    if (this.#binary) this.#insert(start, this.#marks.binary);
    else if (content === "<<") this.#insert(start, this.#marks.literal);
    this.#binary = false;
  }

  #scanTag(): void {
    const start = this.#at;
    const tag = this.#match(TAG)!;
    const handle = NAMED_HANDLE.exec(tag)?.[0];
    const isKnown = CORE_TAG.test(tag) ||
      handle !== undefined && !this.#handles.has(handle);
    const next = this.#peek(AFTER_TAG).at(-1) ?? "";
    if (isKnown) {
      // A plain `<<` of type !!str is not a merge key.
      if (/str>?$/.test(tag) && this.#peek(MERGE_KEY) !== "") {
        this.#insert(this.#text.indexOf("<<", start), this.#marks.literal);
      }
      return;
    }
    this.#binary = BINARY_TAG.test(tag);
    const isPlain = !/^(?:\s?$|[#[{"'|>])/.test(next) && !this.#binary &&
      tag !== "!!merge";
    this.#output += this.#rest(start) +
      (isPlain ? "!!str" : "").padEnd(tag.length);
    this.#copied = this.#at;
  }

  #insert(at: number, mark: string): void {
    this.#output += this.#rest(at) + mark;
  }

  /** The text that is not yet in the output, up to `end`. */
  #rest(end: number): string {
    const rest = this.#text.slice(this.#copied, end);
    this.#copied = end;
    return rest;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  /** What the pattern would match; "" if nothing. */
  #peek(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? "";
  }
}
