import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Runs the local program of forward_peer/ on a local port; returns the figures
 * of its last line.
 *
 * @param told Called at each line before that one.
 */
export async function visitPort(
  program: string,
  visit: string,
  port: number,
  numbers: readonly number[],
  told: () => void = () => {},
): Promise<Record<string, number>> {
  const args = [visit, `127.0.0.1:${port}`, ...numbers.map(String)];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let problem = "";
  child.stderr.setEncoding("utf8").on("data", (text) => problem += text);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => {
    if (lines.push(line) === 1) told();
  });
  const code = await closed;
  if (code !== 0) {
    throw new Error(`The local program ended with ${code}: ${problem.trim()}`);
  }
  return JSON.parse(lines.at(-1)!);
}
