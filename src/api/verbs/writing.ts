import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { withTypeMeta } from "../../client/resource.ts";
import { checkOptions } from "../../options.ts";
import type { CallContext } from "../call.ts";
import { applyBody, patchContentType } from "./patch.ts";
import type { OfScale } from "./call_options.ts";
import { fetchObject, type Verb } from "./verb_call.ts";
import {
  APPLY_OPTIONS,
  type ApplyOptions,
  CREATE_OPTIONS,
  type CreateSubresourceOptions,
  type JsonPatchOptions,
  type MergePatchOptions,
  PATCH_OPTIONS,
  REPLACE_OPTIONS,
  type ReplaceOptions,
  type WriteOptions,
} from "./write_options.ts";

/**
 * Creates an object, or a subresource of one.
 *
 * @throws {TypeError} An option does not exist, or the object is none.
 */
export function createObject<T extends KubeObject>(
  context: CallContext,
  object: T,
  options: WriteOptions | CreateSubresourceOptions | undefined,
): Promise<Stored<T>> {
  const { resource } = context;
  const action = `create ${resource.plural}`;
  checkOptions(options, CREATE_OPTIONS, action);
  const verb = { verb: "create", method: "POST" };
  const { name, subresource }: Partial<CreateSubresourceOptions> = options ??
    {};
  if (subresource !== undefined) {
    const of = name ?? object?.metadata?.name;
    return write(context, { ...verb, name: of, body: object }, options);
  }
  if (name !== undefined) {
    throw new TypeError(
      `Cannot ${action}: the option name is of a subresource, and none is given`,
    );
  }
  const body = withTypeMeta(resource, object);
  return write(context, { ...verb, body }, options);
}

/**
 * Replaces the object that its metadata names.
 *
 * @throws {TypeError} An option does not exist, or there is no name.
 */
export function replaceObject<T extends KubeObject>(
  context: CallContext,
  object: T,
  options: OfScale<ReplaceOptions> | ReplaceOptions | undefined,
): Promise<Stored<T>> {
  const { resource } = context;
  checkOptions(options, REPLACE_OPTIONS, `replace ${resource.plural}`);
  const name = object?.metadata?.name;
  const body = options?.subresource === "scale"
    ? object
    : withTypeMeta(resource, object);
  const verb = { verb: "update", method: "PUT", name, body };
  return write(context, verb, options);
}

/**
 * Changes an object by a patch of any type.
 *
 * @throws {TypeError} An option does not exist, or does not fit the type.
 */
export function patchObject<T extends KubeObject>(
  context: CallContext,
  name: string,
  patch: object,
  options: PatchOptions | OfScale<PatchOptions>,
): Promise<Stored<T>> {
  const { resource } = context;
  const applies = options?.type === "apply";
  const names = applies ? APPLY_OPTIONS : PATCH_OPTIONS;
  checkOptions(options, names, `patch ${resource.plural}`);
  const contentType = patchContentType(options as PatchOptions);
  const body = applies ? applyBody(resource, name, patch) : patch;
  const query = { force: applies ? options.force : undefined };
  const verb = { verb: "patch", method: "PATCH", name, query };
  return write(context, { ...verb, body, contentType }, options);
}

/** Options of a patch of any type. */
export type PatchOptions = MergePatchOptions | JsonPatchOptions | ApplyOptions;

async function write<T extends KubeObject>(
  context: CallContext,
  verb: Verb,
  options: WriteOptions & { readonly subresource?: string } = {},
): Promise<Stored<T>> {
  const { dryRun, fieldManager, fieldValidation, subresource } = options;
  const query = {
    fieldManager,
    fieldValidation,
    dryRun: dryRun ? "All" : undefined,
    ...verb.query,
  };
  const written = { ...verb, subresource, query };
  return await fetchObject(context, written, options) as Stored<T>;
}
