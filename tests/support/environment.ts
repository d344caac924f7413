import process from "node:process";

/** The proxy variables. */
const NAMES = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "REQUEST_METHOD"];

/** Runs `body` with exactly these proxy variables set. */
export async function withProxyVariables(
  variables: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> {
  const names = NAMES.flatMap((name) => [name, name.toLowerCase()]);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    await body();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
