import { ConfigurationError } from "../errors.ts";
import type { ParseYaml } from "./text.ts";

/**
 * Loads the YAML parser when a kubeconfig asks for it. The specifier is worked
 * out at run time on purpose: Deno fetches, and bundlers take in, whatever a
 * literal `import()` names, and the main entry point is to load no package.
 *
 * @throws {ConfigurationError} The parser is out of reach, as in a bundle.
 */
export async function loadYaml(): Promise<ParseYaml> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const url = new URL(`./yaml.${extension}`, import.meta.url).href;
  try {
    const module: { parseYaml: ParseYaml } = await import(url);
    return module.parseYaml;
  } catch (cause) {
    throw new ConfigurationError(
      "Cannot read a YAML kubeconfig: its parser cannot be loaded from here; " +
        'import loadKubeconfig from "@podwire/podwire/kubeconfig" and pass ' +
        "createClient({ kubeconfig: await loadKubeconfig() })",
      { cause },
    );
  }
}
