/** A method's map of one of several targets, in sheets and reports. */
export function nameOfMap(method: string, target: string): string {
  return `${method} · ${target}`;
}
