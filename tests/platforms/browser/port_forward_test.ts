// Port-forward in a page of a real browser.
import { portForwardRows } from "../port_forward/rows.ts";
import { missing } from "./chromium.ts";
import { withProbe } from "./in_page.ts";

portForwardRows(
  "browser",
  (body) => withProbe("tests/platforms/port_forward/probe.ts", body),
  { skip: missing, crossCheck: true, timeout: 60_000 },
);
