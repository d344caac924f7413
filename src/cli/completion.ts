// What completion finds, and where it asks.
import type { CommandLine } from "./command_line.ts";

/** A word that may stand at the end of a command line. */
export interface Candidate {
  readonly word: string;
  readonly description?: string | undefined;
}

/** What may stand at the end of a command line. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether the names of local files may stand there, too. */
  readonly files: boolean;
}

/** Where candidates come from that only a cluster or a file knows. */
export interface Sources {
  namespaces(line: CommandLine): Promise<Candidate[]>;
  contexts(line: CommandLine): Promise<Candidate[]>;
  clusters(line: CommandLine): Promise<Candidate[]>;
  users(line: CommandLine): Promise<Candidate[]>;
  /** Pods by their names, or after `deploy/` the objects of a kind. */
  targets(line: CommandLine, word: string): Promise<Candidate[]>;
  /** Of the target that the line names first. */
  containers(line: CommandLine, target: string): Promise<Candidate[]>;
  ports(line: CommandLine, target: string): Promise<Candidate[]>;
  /** Pods and namespaces, and in a pod its files. */
  copyPaths(line: CommandLine, word: string): Promise<Candidate[]>;
}
