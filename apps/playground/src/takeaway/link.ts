/** What a link brings back: a built-in network with one of its samples, targets and methods. */
export interface LinkState {
  readonly model: string;
  readonly sample: string;
  readonly targets: readonly number[];
  readonly methods: readonly string[];
  readonly steps: number;
  readonly draws: number;
}

export function writeLink({ model, sample, targets, methods, steps, draws }: LinkState): string {
  const parts = new URLSearchParams({ model, sample, methods: methods.join(","), steps: String(steps), draws: String(draws) });
  if (targets.length > 0) parts.set("targets", targets.join(","));
  return `#${parts.toString()}`;
}

/** What the hash of an address says; null where it says nothing. Numbers that are none are left out. */
export function readLink(hash: string): LinkState | null {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const model = parts.get("model");
  if (model === null) return null;
  const whole = (name: string, otherwise: number, most: number): number => {
    const value = Number(parts.get(name));
    return Number.isInteger(value) && value >= 1 && value <= most ? value : otherwise;
  };
  const words = (name: string): readonly string[] => (parts.get(name) ?? "").split(",").filter((word) => word !== "");
  const targets = words("targets")
    .map(Number)
    .filter((target) => Number.isInteger(target) && target >= 0);
  return { model, sample: parts.get("sample") ?? "", targets, methods: words("methods"), steps: whole("steps", 32, 1000), draws: whole("draws", 16, 1000) };
}
