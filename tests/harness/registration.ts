/** One test, as a runtime's part of the harness registers it. */
export interface Registration {
  readonly name: string;
  readonly body: () => void | Promise<void>;
  /** In milliseconds. */
  readonly timeout: number;
  readonly skip: boolean;
}
