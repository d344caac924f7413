import { accessSync, constants, statSync } from "node:fs";

/**
 * The error of a container runtime that cannot run the program; null when it
 * can.
 *
 * @param program A path, or a name to look up in `path`.
 */
export function executableProblem(
  program: string,
  path: string,
): string | null {
  const exec = `exec: ${JSON.stringify(program)}`;
  if (program.includes("/")) {
    if (isProgram(program)) return null;
    return exists(program)
      ? `${exec}: permission denied`
      : `${exec}: stat ${program}: no such file or directory`;
  }
  const found = program !== "" &&
    path.split(":").some((folder) => isProgram(`${folder}/${program}`));
  return found ? null : `${exec}: executable file not found in $PATH`;
}

/** The error of a container runtime for an error of `spawn`. */
export function spawnProblem(program: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const problem = code === "E2BIG" ? "argument list too long" : message;
  return `exec: ${JSON.stringify(program)}: ${problem}`;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
