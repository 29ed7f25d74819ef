import type { Message } from "@bufbuild/protobuf";

/** A copy of a message with other values in some fields. Everything else is shared with the original, fields that this version does not know included. */
export function withFields<T extends Message>(message: T, changes: Partial<Omit<T, "$typeName" | "$unknown">>): T {
  // The prototype holds the defaults of fields that are not set.
  return Object.assign(Object.create(Object.getPrototypeOf(message) as object | null) as T, message, changes);
}

/** A copy of a message with some fields not set, as opposed to set to their defaults; lists become empty. */
export function withoutFields<T extends Message>(message: T, names: readonly Exclude<keyof T, "$typeName">[]): T {
  const copy = withFields(message, {});
  for (const name of names) {
    if (Array.isArray(copy[name])) copy[name] = [] as T[typeof name];
    else delete copy[name];
  }
  return copy;
}
