/**
 * Files in and out of containers, whole or not at all; on every runtime, pages
 * too, but for the copies from and to a directory of this machine.
 *
 * @module
 */

export { FileTransferError } from "../errors.ts";
export type { FileTransferReason } from "../errors.ts";
