/** Whether the program `go` is on this machine. */
export async function hasGo(): Promise<boolean> {
  try {
    const go = new Deno.Command("go", { args: ["version"], stdout: "null" });
    return (await go.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
