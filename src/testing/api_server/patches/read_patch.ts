import { isRecord } from "../../../json.ts";
import {
  ApiFailure,
  badRequest,
  invalid,
  unsupportedMediaType,
} from "../api_failure.ts";
import type { ApiRequest } from "../api_request.ts";
import { tooDeep } from "../nesting_limit.ts";
import { ownField, setOwnField } from "../own_fields.ts";
import type { ApiResource } from "../objects/api_resource.ts";
import { parseJson, parseObject } from "../objects/new_object.ts";
import type { ApplyRequest } from "./apply_patch.ts";
import { jsonPatch, JsonPatchError } from "./json_patch.ts";
import { strategicPatch } from "./strategic_patch.ts";

/** Applies a JSON merge patch (RFC 7386). */
export function mergePatch(value: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(value) ? { ...value } : {};
  for (const [name, part] of Object.entries(patch)) {
    if (part === null) delete merged[name];
    else setOwnField(merged, name, mergePatch(ownField(merged, name), part));
  }
  return merged;
}

type Fields = Record<string, unknown>;

/** A parsed patch. */
export type Patch =
  | {
    readonly type: "change";
    /** @throws {ApiFailure} 422, if the patch does not fit the object. */
    readonly apply: (object: Fields) => Fields;
  }
  | (ApplyRequest & { readonly type: "apply" });

const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const JSON_PATCH = "application/json-patch+json";
/** The limit of the API server. */
const MAX_OPERATIONS = 10_000;
/** Only the JSON subset of YAML is supported. */
const APPLY = "application/apply-patch+yaml";

/**
 * Reads the patch of a request.
 *
 * @throws {ApiFailure} 400 for an invalid body, 415 for a type of patch that the
 * resource does not support.
 */
export function readPatch(
  request: ApiRequest,
  resource: ApiResource,
): Patch {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]!
    .trim();
  const { body } = request;
  switch (type) {
    case MERGE: {
      const patch = parseObject(body);
      return change((object) => mergePatch(object, patch) as Fields);
    }
    case STRATEGIC: {
      if (!resource.builtIn) break;
      const patch = parseObject(body);
      return change((object) => strategicPatch(resource.kind, object, patch));
    }
    case JSON_PATCH:
      return change(operations(parseJson(body)));
    case APPLY:
      return { type: "apply", ...applyRequest(request, resource) };
  }
  const strategic = resource.builtIn ? [STRATEGIC] : [];
  throw unsupportedMediaType([JSON_PATCH, MERGE, ...strategic, APPLY]);
}

function change(apply: (object: Fields) => Fields): Patch {
  return { type: "change", apply };
}

function operations(patch: unknown): (object: Fields) => Fields {
  if (!Array.isArray(patch)) {
    throw badRequest("the patch is no list of operations");
  }
  if (patch.length > MAX_OPERATIONS) throw tooManyOperations(patch.length);
  return (object) => {
    try {
      const patched = jsonPatch(object, patch);
      if (isRecord(patched)) return patched;
      throw new JsonPatchError("the patch leaves no object");
    } catch (error) {
      // A copy may nest what a request may not.
      if (error instanceof RangeError) throw tooDeep();
      if (!(error instanceof JsonPatchError)) throw error;
      throw new ApiFailure(
        422,
        "Invalid",
        "the server rejected our request due to an error in our request: " +
          error.message,
        {},
      );
    }
  };
}

function applyRequest(
  { url, body }: ApiRequest,
  { kind }: ApiResource,
): ApplyRequest {
  const manager = url.searchParams.get("fieldManager") ?? "";
  if (manager === "") {
    throw invalid(
      { kind: "PatchOptions", group: "meta.k8s.io" },
      "",
      "fieldManager",
      "Required value: is required for apply patch",
    );
  }
  const object = parseObject(body);
  if (object.kind !== kind) {
    throw badRequest(`an object of kind ${kind} is to be applied`);
  }
  const { metadata } = object;
  if (ownField(metadata, "managedFields") !== undefined) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const force = url.searchParams.get("force") === "true";
  return { object, manager, force };
}

function tooManyOperations(count: number): ApiFailure {
  return new ApiFailure(
    413,
    "RequestEntityTooLarge",
    "Request entity too large: The allowed maximum operations in a JSON patch " +
      `is ${MAX_OPERATIONS}, got ${count}`,
  );
}
