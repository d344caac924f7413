import { ConfigurationError } from "../errors.ts";
import type { ParseYaml } from "./kubeconfig_text.ts";

let loading: Promise<ParseYaml> | null = null;

/**
 * Loads the YAML parser on demand. The specifier is computed on purpose: Deno
 * fetches whatever a literal `import()` names, and the main entry point must not
 * load a package. The npm package, which contains the parser, has a literal one
 * in place of this module, for bundlers.
 *
 * @throws {ConfigurationError} The parser cannot be loaded, as in a bundle of
 * these sources.
 */
export function loadYaml(): Promise<ParseYaml> {
  // Only once: while a module with a top-level `await` is loading, Bun 1.3
  // hands it to a second caller before it has run.
  return loading ??= load();
}

async function load(): Promise<ParseYaml> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const url = new URL(`./yaml.${extension}`, import.meta.url).href;
  try {
    const module: { parseYaml: ParseYaml } = await import(url);
    return module.parseYaml;
  } catch (cause) {
    loading = null;
    throw new ConfigurationError(
      "Cannot read a YAML kubeconfig: its parser cannot be loaded from here; " +
        'import loadKubeconfig from "@podwire/podwire/kubeconfig" and pass ' +
        "createClient({ kubeconfig: await loadKubeconfig() })",
      { cause },
    );
  }
}
