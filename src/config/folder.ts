/** Where a kubeconfig lies, for the relative paths in it. */
export interface Folder {
  readonly path: string;
  /** Whether paths are written as on Windows. */
  readonly windows: boolean;
}

/** The folder of the file at `path`. */
export function folderOf(path: string, windows: boolean): Folder {
  const root = rootOf(path, windows);
  const parts = partsOf(path.slice(root.length), windows);
  const folder = root + parts.slice(0, -1).join(windows ? "\\" : "/");
  return { path: folder || ".", windows };
}

/** `path`, counted from `folder` if it is relative. */
export function pathFrom(folder: Folder, path: string): string {
  const { windows } = folder;
  return isAbsolute(path, windows)
    ? path
    : joinPath(folder.path, path, windows);
}

/**
 * `path` below `folder`. As in Go's `filepath.Join`, `..` takes back what stands
 * before it, also where that is a link to elsewhere.
 */
export function joinPath(
  folder: string,
  path: string,
  windows: boolean,
): string {
  const root = rootOf(folder, windows);
  const parts: string[] = [];
  for (const part of partsOf(`${folder.slice(root.length)}/${path}`, windows)) {
    const back = part === "..";
    if (back && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!back || root === "") parts.push(part);
  }
  return root + parts.join(windows ? "\\" : "/");
}

/** Whether a path says where it starts; on Windows, with its drive or share. */
export function isAbsolute(path: string, windows: boolean): boolean {
  return (windows ? /^([A-Za-z]:[/\\]|[/\\]{2})/ : /^\//).test(path);
}

function rootOf(path: string, windows: boolean): string {
  return (windows ? /^([A-Za-z]:)?[/\\]*/ : /^\/*/).exec(path)![0];
}

/** The names between the separators, those that say nothing left out. */
function partsOf(path: string, windows: boolean): string[] {
  return path.split(windows ? /[/\\]/ : "/")
    .filter((part) => part !== "" && part !== ".");
}
