import { isRecord } from "../../json.ts";

/**
 * The label selector of an object's `spec.selector`, as a list request takes
 * it: of a LabelSelector (`matchLabels`, `matchExpressions`) or of a plain map
 * of labels, as a Service has.
 *
 * @returns Null if there is none, or it has an operator that is not known.
 */
export function labelSelectorOf(
  selector: unknown,
  isMap: boolean,
): string | null {
  if (!isRecord(selector)) return null;
  if (isMap) return equalities(selector).join(",");
  const { matchLabels, matchExpressions } = selector;
  const parts = isRecord(matchLabels) ? equalities(matchLabels) : [];
  const expressions = Array.isArray(matchExpressions) ? matchExpressions : [];
  for (const expression of expressions) {
    const part = requirement(expression);
    if (part === null) return null;
    parts.push(part);
  }
  return parts.join(",");
}

function equalities(labels: Record<string, unknown>): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

function requirement(expression: unknown): string | null {
  if (!isRecord(expression)) return null;
  const { key, operator, values } = expression;
  const list = Array.isArray(values) ? `(${values.join(",")})` : "()";
  switch (operator) {
    case "In":
      return `${key} in ${list}`;
    case "NotIn":
      return `${key} notin ${list}`;
    case "Exists":
      return String(key);
    case "DoesNotExist":
      return `!${key}`;
    default:
      return null;
  }
}
