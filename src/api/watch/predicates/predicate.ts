import type { KubeObject } from "../../../client/kube_object.ts";

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
