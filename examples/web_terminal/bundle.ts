const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
};

/**
 * A page's answers by path: `page.html` of a folder at `/`, and the bundle that
 * `deno bundle` makes of its `page.ts`, with the styles, if it imports some.
 */
export async function bundlePage(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Map<string, Response>> {
  const out = await Deno.makeTempDir({ prefix: "podwire-web-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--platform=browser", "--minify"],
        ...[`--outdir=${out}`, `${folder}/page.ts`],
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const answers = new Map<string, Response>();
    const add = async (path: string, file: string) => {
      const type = TYPES[file.split(".").at(-1)!] ?? "application/octet-stream";
      const content = await Deno.readFile(file);
      const fields = { ...headers, "content-type": type };
      answers.set(path, new Response(content, { headers: fields }));
    };
    await add("/", `${folder}/page.html`);
    for await (const { name } of Deno.readDir(out)) {
      await add(`/${name}`, `${out}/${name}`);
    }
    return answers;
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}
