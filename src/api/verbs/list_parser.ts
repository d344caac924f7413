import { ByteBuilder, type Bytes } from "../../bytes.ts";
import { isRecord } from "../../json.ts";
import { parseJson } from "../../platform/parse_json.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The text before the items. A quote after a backslash begins no name. */
const BEFORE_ITEMS = /(?:^|[^\\])"items"\s*:\s*$/;

/** How much of the text is compared with it. */
const LOOK_BACK = 256;

/** JSON's white space. */
const BLANK: readonly number[] = [0x20, 0x09, 0x0d, 0x0a];

/** How deep the items are: in a list in an object. */
const ITEM_DEPTH = 2;

/**
 * Parses a list in JSON as it arrives, each item by itself: neither the text nor
 * its bytes are ever in memory as a whole, beside the objects.
 */
export class ListParser {
  /** The text without the items. */
  #frame = "";
  /** The end of it: to look at the end of a string that grows is slow. */
  #frameEnd = "";
  readonly #frameDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The beginning of an item whose end has not arrived. */
  readonly #item = new ByteBuilder();
  #items: unknown[] = [];
  #inItems = false;
  /** How many objects and lists enclose the next byte. */
  #depth = 0;
  #inString = false;
  #escaped = false;

  /**
   * Adds the next bytes.
   *
   * @throws {SyntaxError} If an item is not JSON.
   */
  feed(chunk: Bytes): void {
    let from = 0;
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    for (let at = 0; at < chunk.byteLength; at++) {
      const byte = chunk[at]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        depth++;
        if (byte === OPEN_OBJECT || depth !== ITEM_DEPTH) continue;
        this.#addFrame(chunk.subarray(from, at));
        from = at;
        if (!BEFORE_ITEMS.test(this.#frameEnd)) continue;
        this.#addFrame(chunk.subarray(from, ++from));
        this.#items = [];
        this.#inItems = true;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (this.#inItems && depth === ITEM_DEPTH) {
          this.#endItems(chunk.subarray(from, at));
          from = at;
        }
        depth--;
      } else if (byte === COMMA && this.#inItems && depth === ITEM_DEPTH) {
        this.#endItem(chunk.subarray(from, at));
        from = at + 1;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    const rest = chunk.subarray(from);
    if (this.#inItems) this.#item.append(rest);
    else this.#addFrame(rest);
  }

  /**
   * Ends the text.
   *
   * @returns Its value, with the items in their place.
   * @throws {SyntaxError} If it is not JSON.
   */
  end(): unknown {
    const text = this.#frame + this.#frameDecoder.decode();
    // A decoder of Bun 1.3 keeps a BOM that comes in parts.
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    const { items } = isRecord(value) ? value : {};
    if (Array.isArray(items) && items.length === 0) {
      (value as Record<string, unknown>).items = this.#items;
    }
    return value;
  }

  #addFrame(part: Bytes): void {
    const text = this.#frameDecoder.decode(part, { stream: true });
    this.#frame += text;
    this.#frameEnd = (this.#frameEnd + text).slice(-LOOK_BACK);
  }

  #endItem(last: Bytes): void {
    this.#items.push(parseJson(this.#itemUpTo(last)));
  }

  #endItems(last: Bytes): void {
    const bytes = this.#itemUpTo(last);
    const isEmpty = this.#items.length === 0 &&
      bytes.every((byte) => BLANK.includes(byte));
    if (!isEmpty) this.#items.push(parseJson(bytes));
    this.#inItems = false;
  }

  /** Valid until more is appended: one array serves for all items. */
  #itemUpTo(last: Bytes): Bytes {
    if (this.#item.length === 0) return last;
    this.#item.append(last);
    return this.#item.rewind();
  }
}
