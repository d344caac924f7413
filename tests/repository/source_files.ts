import { root } from "../harness/preload/specifiers.ts";

/** One import of a file, or a re-export. */
export interface Import {
  readonly specifier: string;
  /** Whether it is erased. */
  readonly typeOnly: boolean;
  /** Whether it is an `import()`. */
  readonly dynamic: boolean;
}

/** A parsed source file. */
export interface SourceFile {
  /** From the root, for example `src/errors.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** The source without comments, its string literals emptied. */
  readonly code: string;
}

/** Reads mod.ts and every file below src/. */
export async function readSourceFiles(): Promise<SourceFile[]> {
  const paths = ["mod.ts", ...await Array.fromAsync(walk("src/"))].sort();
  return await Promise.all(paths.map(async (path) => {
    const text = await Deno.readTextFile(new URL(path, root));
    return parse(path, text);
  }));
}

async function* walk(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(directory, root))) {
    const path = directory + entry.name;
    if (entry.isDirectory) yield* walk(`${path}/`);
    else if (path.endsWith(".ts")) yield path;
  }
}

/** Parses a file, as far as the repository tests need it. */
export function parse(path: string, text: string): SourceFile {
  const withStrings = text.replaceAll(
    TOKENS,
    (token) => token.startsWith("/") ? " " : token,
  );
  const imports = [...withStrings.matchAll(IMPORTS)].map((match) => ({
    specifier: match.groups!.static ?? match.groups!.dynamic ?? "",
    typeOnly: match.groups!.type !== undefined,
    dynamic: match.groups!.dynamic !== undefined,
  }));
  const code = withStrings.replaceAll(TOKENS, '""');
  return { path, imports, code };
}

/** String literals and comments; literals whole, so that their content is no comment. */
const TOKENS =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** `import ... from "x"`, `import "x"`, `export ... from "x"`, `import("x")`. */
const IMPORTS =
  /^(?:import|export)\s+(?<type>type\s+)?(?:(?:\*|[\w$]+|\{[^}]*\})[\w$*{},\s]*?\bfrom\s+)?"(?<static>[^"]+)"|(?<!typeof )\bimport\(\s*"(?<dynamic>[^"]+)"\s*\)/gm;
