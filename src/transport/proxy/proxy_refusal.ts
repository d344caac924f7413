/** Why a proxy opens no tunnel, in words that hold no secret. */
export class ProxyRefusal extends Error {
  readonly code: "PROXY_AUTH" | "PROXY_FAILED";

  constructor(
    reason: string,
    options: ErrorOptions & { code?: "PROXY_AUTH" } = {},
  ) {
    super(reason, options);
    this.code = options.code ?? "PROXY_FAILED";
  }
}

/** The proxy does not let us in. */
export function loginRefusal(hadCredentials: boolean): ProxyRefusal {
  return new ProxyRefusal(
    hadCredentials
      ? "the proxy refused the credentials in its URL"
      : "the proxy wants credentials: put them in its URL, http://user:password@host",
    { code: "PROXY_AUTH" },
  );
}
