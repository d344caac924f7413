import { isRecord } from "../../../json.ts";
import { type ApiFailure, badRequest, invalid } from "../api_failure.ts";
import type { ApiRequest } from "../api_request.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";
import { wrongType } from "./field_types.ts";
import { KNOWN_FIELDS } from "./known_fields.ts";
import type { RequestObject } from "./new_object.ts";

/**
 * Checks an object for fields of the wrong type, as far as the kit reads them, and
 * for unknown ones, as the query's `fieldValidation` asks. Unlike upstream, those
 * stay in the object.
 *
 * @param patch Whether the object is the result of a patch.
 * @returns The warnings, for `Warn`, the default.
 * @throws {ApiFailure} 400, also for unknown fields with `Strict`; 422 after a
 * patch.
 */
export function validateFields(
  { url }: ApiRequest,
  resource: ApiResource,
  object: RequestObject,
  patch: boolean,
): string[] {
  const mistake = wrongType(resource, object);
  if (mistake !== null) throw undecodable(resource, object, mistake, patch);
  const mode = url.searchParams.get("fieldValidation") || "Warn";
  if (mode === "Ignore" || !resource.builtIn) return [];
  const problems = unknownFields(resource.kind, object)
    .map((path) => `unknown field ${JSON.stringify(path)}`);
  if (problems.length === 0 || mode !== "Strict") return problems;
  const error = `strict decoding error: ${problems.join(", ")}`;
  throw undecodable(resource, object, error, patch);
}

function undecodable(
  resource: ApiResource,
  object: RequestObject,
  error: string,
  patch: boolean,
): ApiFailure {
  if (patch) {
    const value = JSON.stringify(JSON.stringify(object));
    const problem = `Invalid value: ${value}: ${error}`;
    return invalid({ kind: "" }, "", "patch", problem);
  }
  const version = JSON.stringify(groupVersionOf(resource));
  return badRequest(
    `${resource.kind} in version ${version} cannot be handled as a ` +
      `${resource.kind}: ${error}`,
  );
}

function unknownFields(type: string, value: unknown, path = ""): string[] {
  if (!isRecord(value) || !Object.hasOwn(KNOWN_FIELDS, type)) return [];
  const known = fieldsOfType(type);
  return Object.entries(value).flatMap(([name, part]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const field = known.get(name);
    if (field === undefined) return [at];
    if (field.endsWith("{}") && isRecord(part)) {
      return Object.entries(part).flatMap(([key, item]) =>
        unknownFields(field.slice(0, -2), item, `${at}.${key}`)
      );
    }
    if (!Array.isArray(part)) return unknownFields(field, part, at);
    return part.flatMap((item, index) =>
      unknownFields(field, item, `${at}[${index}]`)
    );
  });
}

const types = new Map<string, ReadonlyMap<string, string>>();

/** The fields of a type, each with its type or an empty text. */
function fieldsOfType(type: string): ReadonlyMap<string, string> {
  let fields = types.get(type);
  if (fields === undefined) {
    const entries = KNOWN_FIELDS[type]!.split(" ").map((
      field,
    ): [string, string] => {
      const [name, type = ""] = field.split(":");
      return [name!, type];
    });
    types.set(type, fields = new Map(entries));
  }
  return fields;
}
