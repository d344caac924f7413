import type { LabelSelector } from "../../../client/kubernetes/mod.ts";

type Labels = Readonly<Record<string, string>>;

/** Whether labels match a selector; an empty selector matches none here. */
export function matchesSelector(
  labels: Labels | undefined,
  selector: LabelSelector | undefined,
): boolean {
  const { matchLabels, matchExpressions } = selector ?? {};
  const wanted = Object.entries(matchLabels ?? {});
  const expressions = matchExpressions ?? [];
  if (wanted.length + expressions.length === 0) return false;
  const own = new Map(Object.entries(labels ?? {}));
  return wanted.every(([key, value]) => own.get(key) === value) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = own.get(key);
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    });
}
