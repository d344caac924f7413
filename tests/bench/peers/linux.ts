/**
 * The programs of other languages read their memory from /proc.
 *
 * @throws {Error} Elsewhere.
 */
export function needLinux(): void {
  if (Deno.build.os !== "linux") throw new Error("it needs the /proc of Linux");
}
