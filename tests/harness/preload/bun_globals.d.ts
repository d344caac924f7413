/** What the examples use of Bun's globals, which Deno's type checker lacks. */
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
