/** Where a kubeconfig lies, for the relative paths in it. */
export interface Folder {
  readonly path: string;
  /** Whether paths are written as on Windows. */
  readonly windows: boolean;
}

/** The folder of the file at `path`. */
export function folderOf(path: string, windows: boolean): Folder {
  const root = windows ? /^([A-Za-z]:)?[/\\]?/ : /^\/?/;
  const start = root.exec(path)![0];
  const rest = path.slice(start.length);
  const end = rest.search(windows ? /[/\\][^/\\]*$/ : /\/[^/]*$/);
  return { path: start + rest.slice(0, Math.max(end, 0)) || ".", windows };
}

/** `path`, counted from `folder` if it is relative. */
export function pathFrom(
  { path: folder, windows }: Folder,
  path: string,
): string {
  return isAbsolute(path, windows) ? path : joinPath(folder, path, windows);
}

/** `path` below `folder`. */
export function joinPath(
  folder: string,
  path: string,
  windows: boolean,
): string {
  const separator = windows ? "\\" : "/";
  const ends = folder.endsWith("/") || windows && folder.endsWith("\\");
  return ends ? folder + path : folder + separator + path;
}

/** Whether a path says where it starts; on Windows, with its drive or share. */
export function isAbsolute(path: string, windows: boolean): boolean {
  return (windows ? /^([A-Za-z]:[/\\]|[/\\]{2})/ : /^\//).test(path);
}
