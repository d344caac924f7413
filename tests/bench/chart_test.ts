import { assertMatch } from "@std/assert";
import { test } from "../harness.ts";
import { chart } from "./chart.ts";
import { summarize } from "./statistics.ts";

test("the chart has a bar as long as its figure, and no markup of a lane's", () => {
  const row = { workload: "upload", problem: null };
  const svg = chart([
    { ...row, lane: "podwire", figures: { "MiB/s": summarize([200]) } },
    { ...row, lane: "a<b", figures: { "MiB/s": summarize([100]) } },
  ], "here");
  assertMatch(svg, /width="250.0" height="13" fill="#2f6fde"/);
  assertMatch(svg, /a&lt;b<\/text>\n<rect [^>]* width="125.0"/);
});
