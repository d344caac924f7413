import { openOutput } from "../platform/terminal/local_output.ts";
import { type Bytes, encodeText } from "../bytes.ts";

/** Writes to stdout or stderr; resolves when the system has taken it. */
export async function print(
  name: "stdout" | "stderr",
  data: string | Bytes,
): Promise<void> {
  const output = openOutput(name);
  try {
    await output.write(typeof data === "string" ? encodeText(data) : data);
  } finally {
    output.close();
  }
}

/** Says one line to the person in front, on stderr. */
export function say(line: string): Promise<void> {
  return print("stderr", `${line}\n`);
}
