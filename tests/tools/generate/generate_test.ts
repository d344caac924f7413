import { assertEquals } from "@std/assert";
import * as resources from "../../../src/client/resources.ts";
import type { Resource } from "../../../src/client/resource.ts";
import { formatted } from "./format.ts";
import { renderKnownFields } from "./known_fields.ts";
import { kinds } from "./kinds.ts";
import { type OpenApi, readOpenApi } from "./openapi.ts";
import { render } from "./render.ts";
import { test } from "../../harness.ts";
import { root } from "../../harness/preload/specifiers.ts";

const document = await readOpenApi();
const cached = {
  skip: document === null ? "deno task generate has not run here" : undefined,
  crossCheck: true,
};

test(
  "src/client/kubernetes is up to date with Kubernetes' document",
  async () => {
    const wanted = await formatted(render(document!));
    const folder = new URL("src/client/kubernetes/", root);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map((it) =>
      it.name
    );
    assertEquals(names.sort(), [...wanted.keys()].sort());
    for (const [name, text] of wanted) {
      assertEquals(await Deno.readTextFile(new URL(name, folder)), text, name);
    }
  },
  cached,
);

test("known_fields.ts is up to date with the generated types", async () => {
  const folder = new URL("src/client/kubernetes/", root);
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const sources = await Promise.all(
    entries.map(({ name }) => Deno.readTextFile(new URL(name, folder))),
  );
  const name = "known_fields.ts";
  const files = new Map([[name, renderKnownFields(sources)]]);
  const wanted = (await formatted(files)).get(name);
  const path = new URL(`src/testing/api_server/objects/${name}`, root);
  assertEquals(await Deno.readTextFile(path), wanted);
});

test("every resource has a path in Kubernetes' document", () => {
  const wrong = resourcesOf(resources).filter((resource) =>
    !(pathOf(resource) in document!.paths)
  );
  assertEquals(wrong.map(pathOf), []);
}, cached);

test("resources and generated types correspond", () => {
  const named = resourcesOf(resources).map(({ kind }) => kind);
  const generated = kinds.map(({ definition }) =>
    definition.slice(definition.lastIndexOf(".") + 1)
  );
  assertEquals(named.sort(), generated.sort());
});

test("the generator: fields, comments and references", () => {
  const definitions: OpenApi["definitions"] = {
    ...emptyKinds(),
    "io.k8s.apimachinery.IntOrString": { type: "string" },
    "io.k8s.api.batch.v1.Job": {
      description: "A job. It runs. It defaults to one run.",
      properties: {
        metadata: { type: "object" },
        apiVersion: { type: "string" },
        spec: { $ref: "#/definitions/io.k8s.api.core.v1.Shape" },
        "x-other": {
          type: "array",
          items: { type: "integer" },
          description:
            "A long one, of so many words that they need more than one line of a comment.",
        },
      },
    },
    "io.k8s.api.core.v1.Shape": {
      description: "See */ here",
      required: ["port"],
      properties: {
        port: {
          $ref: "#/definitions/io.k8s.apimachinery.IntOrString",
          description: "Which.",
        },
        labels: {
          type: "object",
          additionalProperties: { type: "string" },
          description: "What.",
        },
      },
    },
  };
  const text = render({ definitions, paths: {} }).get("batch_v1.ts")!;
  assertEquals(text.slice(text.indexOf("import")), JOB);
  const core = render({ definitions, paths: {} }).get("core_v1.ts")!;
  assertEquals(core.slice(core.indexOf("/** See")), SHAPE);
});

const JOB = `\
import type { KubeObject } from "../kube_object.ts";
import type { Shape } from "./core_v1.ts";

/** A job. It defaults to one run. */
export interface Job extends KubeObject {
  /** See * / here */
  spec: Shape;
  /**
   * A long one, of so many words that they need more than one line of a
   * comment.
   */
  "x-other"?: number[];
}
`;

const SHAPE = `\
/** See * / here */
export interface Shape {
  /** Which. */
  port: number | string;
  /** What. */
  labels?: Record<string, string>;
}
`;

/** A definition without fields for each of the kinds. */
function emptyKinds(): OpenApi["definitions"] {
  const names = kinds.map(({ definition }) => `io.k8s.${definition}`);
  const condition = "io.k8s.apimachinery.pkg.apis.meta.v1.Condition";
  return Object.fromEntries([...names, condition].map((name) => [name, {}]));
}

function resourcesOf(module: object): Resource[] {
  return Object.values(module).filter((value) => typeof value === "object");
}

function pathOf({ group, version, plural, namespaced }: Resource): string {
  const api = group === "" ? "/api" : `/apis/${group}`;
  const scope = namespaced ? "/namespaces/{namespace}" : "";
  return `${api}/${version}${scope}/${plural}`;
}
