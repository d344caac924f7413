/** Runs `body` with the port of an HTTP server on this machine. */
export async function withHttpPeer(
  answer: (request: Request) => Response | Promise<Response>,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    answer,
  );
  try {
    await body(server.addr.port);
  } finally {
    await server.shutdown();
  }
}
