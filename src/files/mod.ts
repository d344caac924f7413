/**
 * Files in and out of containers, whole or not at all; on every runtime, pages
 * too, but for the copies from and to a directory of this machine.
 *
 * @module
 */

export { FileTransferError } from "../errors.ts";
export type { FileTransferReason } from "../errors.ts";
export { readFile } from "./read_file.ts";
export { writeFile, type WriteFileOptions } from "./write_file.ts";
export { readTree } from "./read_tree.ts";
export { writeTree, type WriteTreeOptions } from "./write_tree.ts";
export type { FileContent } from "./content.ts";
export type { FileOptions, FilesApi } from "./file_call.ts";
export type { OnProgress, TransferProgress } from "./progress.ts";
export type { TreeEntry, TreeEntryType, TreeSource } from "./tree_entry.ts";
export { copyFrom, type CopyFromOptions } from "./copy_from.ts";
export { copyTo, type CopyToOptions } from "./copy_to.ts";
export type { CopyOptions } from "./copy_call.ts";
export type { CopyResult, SkippedEntry } from "./copy_result.ts";
