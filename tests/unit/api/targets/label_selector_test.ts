import { assertEquals } from "@std/assert";
import { labelSelectorOf } from "../../../../src/api/targets/label_selector.ts";
import { test } from "../../../harness.ts";

test("label selector: of labels and expressions", () => {
  const selector = {
    matchLabels: { app: "web", tier: "" },
    matchExpressions: [
      { key: "env", operator: "In", values: ["prod", "stage"] },
      { key: "zone", operator: "NotIn", values: ["a"] },
      { key: "track", operator: "Exists" },
      { key: "legacy", operator: "DoesNotExist", values: [] },
    ],
  };
  assertEquals(
    labelSelectorOf(selector, false),
    "app=web,tier=,env in (prod,stage),zone notin (a),track,!legacy",
  );
  assertEquals(labelSelectorOf({}, false), "");
  assertEquals(labelSelectorOf({ app: "web", b: "c" }, true), "app=web,b=c");
});

test("label selector: none, or one that is not understood", () => {
  for (const selector of [undefined, null, "app=web", []]) {
    assertEquals(labelSelectorOf(selector, false), null);
  }
  for (const expression of [null, { key: "a", operator: "Gt", values: [1] }]) {
    const selector = { matchExpressions: [expression] };
    assertEquals(labelSelectorOf(selector, false), null);
  }
});
