/** Whether this is Deno 2.7 or later, whose `node:tls` is another than before. */
export function isModernDeno(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 7;
}
