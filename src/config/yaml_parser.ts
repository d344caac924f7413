// Not a static import: `deno publish --dry-run` requires the package of one,
// and JSR may be unreachable. The npm package has the parser itself in place of
// this module, because `require` refuses a module with a top-level `await`.
const { parseAll } = await import("@std/yaml");

export { parseAll };
