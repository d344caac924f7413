import { isRecord } from "../../../json.ts";
import { encodeText } from "../../../bytes.ts";
import { fieldsOf, type StoredObject } from "./stored_object.ts";

/** The object as servers complete it; only what tests of clients run into. */
export function withDefaults<T extends StoredObject>(object: T): T {
  const fields = fieldsOf(object);
  if (object.kind === "Namespace") {
    return { ...object, status: fields.status ?? { phase: "Active" } };
  }
  if (object.kind !== "Secret") return object;
  const { stringData, data, ...rest } = fields;
  const texts = Object.entries(isRecord(stringData) ? stringData : {});
  const encoded = texts.map(([key, text]) => [key, base64(String(text))]);
  const all = { ...data as object, ...Object.fromEntries(encoded) };
  return { type: "Opaque", ...rest, data: all } as unknown as T;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...encodeText(text)));
}
