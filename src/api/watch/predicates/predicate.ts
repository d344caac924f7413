import type { KubeObject } from "../../../client/kube_object.ts";
import { isRecord } from "../../../json.ts";

/** How far an object is on the way to what is waited for. */
export interface WaitState {
  /** Whether it is as wanted. */
  readonly done: boolean;
  /** The state in words: `2 of 3 updated replicas are available`. */
  readonly message: string;
  /**
   * Why the object can never be as wanted, as a word to branch on; undefined
   * while it can.
   */
  readonly reason?: string;
}

/** A predicate for `waitFor` that explains its answer. */
export interface WaitPredicate<
  O extends KubeObject,
  S = { readonly status: object },
> {
  /** Whether the object is as wanted; false for one that does not exist. */
  <T extends O>(object: T | undefined): object is T & S;
  /** Returns how far the object, or one that does not exist, is. */
  stateOf(object: O | undefined): WaitState;
}

export const DONE: WaitState = { done: true, message: "it is as wanted" };

export function pending(message: string): WaitState {
  return { done: false, message };
}

export function impossible(reason: string, message: string): WaitState {
  return { done: false, reason, message };
}

/**
 * Makes a predicate of a function that returns the state of an object.
 *
 * @param name The name of the function, also in minified code.
 * @param stateOf Called for objects that exist.
 */
export function predicateOf<
  O extends KubeObject,
  S = { readonly status: object },
>(name: string, stateOf: (object: O) => WaitState): WaitPredicate<O, S> {
  const explain = (object: O | undefined) =>
    object === undefined ? pending("it does not exist") : stateOf(object);
  const predicate = <T extends O>(object: T | undefined): object is T & S =>
    explain(object).done;
  Object.defineProperty(predicate, "name", { value: name });
  return Object.assign(predicate, { stateOf: explain });
}

/**
 * Refuses an object of another kind: a wait for it would have no end.
 *
 * @throws {TypeError} The server names another kind.
 */
export function checkKind(
  { kind }: KubeObject,
  wanted: string,
  state: string,
): void {
  if (kind === undefined || kind === wanted) return;
  throw new TypeError(
    `Cannot tell whether a ${kind} is ${state}: it is no ${wanted}`,
  );
}

/** The fields of a part of an object; none if a server sent something else. */
export function fieldsOf<T>(part: T | null | undefined): Partial<T> {
  return isRecord(part) ? part as Partial<T> : {};
}

/** The parts in a list of an object; none if a server sent something else. */
export function partsOf<T>(list: readonly T[] | null | undefined): T[] {
  return Array.isArray(list) ? list.filter(isRecord) as T[] : [];
}

/** The texts that are there, joined. */
export function joined(separator: string, ...texts: unknown[]): string {
  return texts.filter((text) => typeof text === "string" && text !== "")
    .join(separator);
}

/** A number of objects; 0 if there is none. */
export function countOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
