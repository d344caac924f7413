import { parseStatus } from "../../channel/status_frame.ts";
import { encodeText } from "../../bytes.ts";
import { reasonOf } from "../../client/status_reason.ts";
import { ApiError } from "../../errors.ts";

/** The error for a Status that came in a watch instead of an object. */
export function statusError(action: string, object: unknown): ApiError {
  const apiStatus = parseStatus(encodeText(JSON.stringify(object ?? null)));
  const { code = 500, message = "" } = apiStatus ?? {};
  const reason = apiStatus?.reason ?? reasonOf(code, "watch");
  return new ApiError(
    `Cannot ${action}: ${code} ${reason}${message && `: ${message}`}`,
    { code, reason, apiStatus },
  );
}
