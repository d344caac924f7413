import { cache, provide } from "../runner/cache.ts";

/** The Kubernetes release whose types are generated. */
export const KUBERNETES_VERSION = "v1.36.2";

/** A schema, limited to the features that Kubernetes uses. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Kubernetes' published OpenAPI document, version 2. */
export interface OpenApi {
  /** By full name, for example `io.k8s.api.core.v1.Pod`. */
  readonly definitions: Readonly<Record<string, Schema>>;
  /** By path, with an operation for each HTTP method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const directory = new URL(`kubernetes/${KUBERNETES_VERSION}/`, cache);
const document = new URL("swagger.json", directory);

/** The cached document; null when it was never fetched. */
export async function readOpenApi(): Promise<OpenApi | null> {
  try {
    return JSON.parse(await Deno.readTextFile(document));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The document, fetched with Go if it is missing: 20 MB, verified by Go's checksums. */
export async function fetchOpenApi(): Promise<OpenApi> {
  await provide(directory, KUBERNETES_VERSION, async (fresh) => {
    const folder = await downloadModule(`k8s.io/kubernetes`);
    await Deno.copyFile(
      `${folder}/api/openapi-spec/swagger.json`,
      new URL("swagger.json", fresh),
    );
  });
  return (await readOpenApi())!;
}

async function downloadModule(path: string): Promise<string> {
  const { success, stdout } = await new Deno.Command("go", {
    args: ["mod", "download", "-json", `${path}@${KUBERNETES_VERSION}`],
    signal: AbortSignal.timeout(600_000),
  }).output();
  const answer = JSON.parse(new TextDecoder().decode(stdout));
  if (success) return answer.Dir;
  throw new Error(`Cannot download ${path}: ${answer.Error}`);
}
