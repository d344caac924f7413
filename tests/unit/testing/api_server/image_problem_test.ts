import { assertEquals } from "@std/assert";
import { imageProblem } from "../../../../src/testing/api_server/image_problem.ts";
import { test } from "../../../harness.ts";

const digest = `sha256:${"0".repeat(64)}`;

test("imageProblem: every name that a registry could have can be had", () => {
  for (
    const image of [
      "busybox",
      "none",
      "1",
      "busybox:1.36",
      "library/busybox",
      "a.b/c",
      "localhost/web",
      "localhost:5000/team/web_one:Dev-1",
      "registry.example.com/team/web@" + digest,
      "web:1@" + digest,
      "[::1]:5000/web",
    ]
  ) assertEquals(imageProblem(image), null, image);
});

test("imageProblem: what is no name", () => {
  for (
    const image of [
      "Busybox",
      "busy box",
      "web:",
      "web:-a",
      "-web",
      "web@sha256:1",
      "a//b",
      "host.example.com/",
      "/web",
    ]
  ) assertEquals(imageProblem(image)?.reason, "InvalidImageName", image);
});

test("imageProblem: a registry that never exists", () => {
  for (
    const image of [
      "registry.invalid/web:1",
      "registry.invalid:5000/web",
      "a.b.invalid/team/web@" + digest,
    ]
  ) assertEquals(imageProblem(image)?.reason, "ErrImagePull", image);
  assertEquals(imageProblem("team/invalid"), null);
  assertEquals(imageProblem("invalid"), null);
});
