import { assertEquals } from "@std/assert";
import { CHANNEL } from "../../../src/channel/frame.ts";
import { test } from "../../harness.ts";

test("the channels have the numbers that the server gives them", () => {
  assertEquals(CHANNEL, {
    stdin: 0,
    stdout: 1,
    stderr: 2,
    status: 3,
    resize: 4,
    close: 255,
  });
});
