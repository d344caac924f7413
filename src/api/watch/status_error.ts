import { parseStatus } from "../../channel/status_frame.ts";
import { encodeText } from "../../bytes.ts";
import { ApiError } from "../../errors.ts";

/** The error for a Status that came in a watch instead of an object. */
export function statusError(action: string, object: unknown): ApiError {
  const apiStatus = parseStatus(encodeText(JSON.stringify(object ?? null)));
  const { code = 500, reason = "", message = "" } = apiStatus ?? {};
  const said = [code, reason].filter(Boolean).join(" ");
  return new ApiError(
    `Cannot ${action}: ${said}${message && `: ${message}`}`,
    { code, reason, apiStatus },
  );
}
