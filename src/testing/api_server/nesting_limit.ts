import { type ApiFailure, badRequest } from "./api_failure.ts";

/** Levels of nested objects and lists in a request; Go's decoder has 10,000. */
const MAX_DEPTH = 1000;

/** @throws {ApiFailure} 400, for JSON text that is nested too deeply. */
export function checkTextDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") {
      if (++depth > MAX_DEPTH) throw tooDeep();
    } else if (character === "}" || character === "]") depth--;
  }
}

/** @throws {ApiFailure} 400, for a value that is nested too deeply. */
export function checkDepth(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep();
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : []
    );
  }
}

/** 400, in the words of Go's JSON decoder. */
export function tooDeep(): ApiFailure {
  return badRequest("error decoding the body: exceeded max depth");
}
