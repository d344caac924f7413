import { assertEquals } from "@std/assert";
import { Api, createClient, Namespace, Pod } from "../../../mod.ts";
import { suggestionFor } from "../../../src/cli/suggestions.ts";
import { memoryTransport } from "../../../src/testing/mod.ts";
import { rejection } from "../../support/async.ts";
import { test } from "../../harness.ts";

type Pods = Api<typeof Pod>;
const command = ["ls"];

for (
  const [what, call, expected, namespace = "default"] of [
    [
      "a pod one letter off",
      (pods) => pods.get("web-1"),
      'did you mean "web-0"?',
    ],
    [
      "a pod by its workload's name",
      (pods) => pods.exec.run("database", { command, container: "a" }),
      'did you mean "database-7d4b9-x2x"?',
    ],
    ["a pod like no other", (pods) => pods.get("zebra"), null],
    [
      "a target of a kind that has none",
      (pods) => pods.exec.run("deployment/web", { command }),
      null,
    ],
    [
      "a namespace one letter off",
      (pods) => pods.get("web-0"),
      'there is no namespace "taem"; did you mean "team"?',
      "taem",
    ],
    [
      "a namespace like no other",
      (pods) => pods.get("web-0"),
      'there is no namespace "elsewhere"',
      "elsewhere",
    ],
    ["an empty namespace", (pods) => pods.get("web-0"), null, "team"],
    [
      "a container",
      (pods) => pods.exec.run("web-0", { command, container: "x" }),
      'the pod has "main"',
    ],
    [
      "a container to debug",
      (pods) => pods.debug("web-0", { image: "busybox", container: "x" }),
      'the pod has "main"',
    ],
    [
      "a container with a log",
      (pods) => pods.logs.text("web-0", { container: "x" }),
      'the pod has "main"',
    ],
  ] as readonly [
    string,
    (pods: Pods) => Promise<unknown>,
    string | null,
    string?,
  ][]
) {
  test(`program: what it suggests for ${what}`, async () => {
    const transport = memoryTransport({
      pods: ["web-0", "database-7d4b9-x2x"],
    });
    const server = "https://memory";
    const client = await createClient({ server, transport, namespace });
    try {
      await new Api(Namespace, { client })
        .create({ metadata: { name: "team" } });
      const error = await rejection(call(new Api(Pod, { client })));
      assertEquals(await suggestionFor(error, client), expected);
    } finally {
      await client.close();
    }
  }, { shared: true });
}

test(
  "program: it suggests nothing for another error, or without rights",
  async () => {
    const transport = memoryTransport({ pods: ["web-0"] });
    const server = "https://memory";
    const namespace = "default";
    const client = await createClient({ server, transport, namespace });
    try {
      assertEquals(await suggestionFor(new Error("x"), client), null);
      const error = await rejection(new Api(Pod, { client }).get("web-1"));
      transport.requestFault = { httpStatus: 403 };
      assertEquals(await suggestionFor(error, client), null);
    } finally {
      await client.close();
    }
  },
  { shared: true },
);
