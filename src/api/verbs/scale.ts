import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { checkOptions, type OptionNames } from "../../options.ts";
import type { CallContext } from "../call.ts";
import { CALL_OPTIONS, type CallOptions } from "./call_options.ts";
import { patchObject } from "./writing.ts";

/** The subresource `scale` (`autoscaling/v1` `Scale`). */
export interface Scale extends KubeObject {
  /** What is asked for. */
  spec?: {
    /** The number of pods. */
    replicas?: number;
  };
  /** What is there. */
  status?: {
    /** The number of pods. */
    replicas: number;
    /** Selects the pods; in the syntax of the option `labelSelector`. */
    selector?: string;
  };
}

/** Options of `scale`. */
export interface ScaleOptions extends CallOptions {
  /** Check everything, but change nothing. */
  readonly dryRun?: boolean;
  /** The owner of the change in `metadata.managedFields`. */
  readonly fieldManager?: string;
}

const SCALE_OPTIONS: OptionNames<ScaleOptions> = {
  ...CALL_OPTIONS,
  dryRun: true,
  fieldManager: true,
};

/** Sets the number of pods of a workload. */
export interface ScaleMethod<Scope = unknown> {
  /**
   * Sets the number of pods of a workload. It resolves when that is stored; wait
   * for the pods with `waitFor(name, isRolledOut)`.
   *
   * ```ts
   * import { Api, createClient, Deployment, isRolledOut } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const deployments = new Api(Deployment, { client });
   * await deployments.scale("web", 3);
   * await deployments.waitFor("web", isRolledOut);
   * await client.close();
   * ```
   *
   * @param replicas A whole number, at least 0.
   * @returns The Scale as stored.
   * @throws {RangeError} `replicas` is no such number.
   */
  (
    name: string,
    replicas: number,
    options?: ScaleOptions & Scope,
  ): Promise<Stored<Scale>>;
}

/**
 * Patches the Scale of a workload; see {@linkcode ScaleMethod}.
 *
 * @throws {RangeError} `replicas` is not a whole number of at least 0.
 */
export async function scaleObject(
  context: CallContext,
  name: string,
  replicas: number,
  options: ScaleOptions = {},
): Promise<Stored<Scale>> {
  const action = `scale ${context.resource.plural}`;
  checkOptions(options, SCALE_OPTIONS, action);
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw new RangeError(
      `Cannot ${action}: ${replicas} replicas is not a whole number, at least 0`,
    );
  }
  const patch = { spec: { replicas } };
  return await patchObject<Scale>(context, name, patch, {
    ...options,
    subresource: "scale",
  });
}
