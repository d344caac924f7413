/** The part of Bun's globals that the examples use, for Deno's type checker. */
declare const Bun: {
  serve(options: {
    hostname?: string;
    port?: number;
    fetch(request: Request): Response | Promise<Response>;
  }): {
    readonly url: URL;
    stop(closeActiveConnections?: boolean): Promise<void>;
  };
};
