import { invalidRule, numberParameter } from "@xdeep/core/backend";

/** How relevance passes one linear layer, as plain data. */
export type LayerRule =
  | { readonly rule: "zero" }
  | { readonly rule: "epsilon"; readonly epsilon: number }
  | { readonly rule: "gamma"; readonly gamma: number }
  | { readonly rule: "z-plus" }
  | { readonly rule: "alpha-beta"; readonly alpha: number; readonly beta: number }
  | { readonly rule: "flat" }
  | { readonly rule: "w-square" }
  | { readonly rule: "z-box"; readonly low: Bound; readonly high: Bound };

/** One number, or one for each channel. */
export type Bound = number | readonly number[];

/** Which linear layers a rule is for: all conditions that are there must hold. */
export interface CompositeEntry {
  /** Default: any linear layer. */
  readonly layer?: "convolution" | "dense" | undefined;
  /** Pattern of the node's name, `*` for any text. */
  readonly name?: string | undefined;
  /** True: no linear layer stands before it on any path. */
  readonly first?: boolean | undefined;
  readonly rule: LayerRule;
}

/** A list of rules for linear layers: the first entry that fits a layer counts; a layer that none fits takes rule 0. */
export type Composite = readonly CompositeEntry[];

const EPSILON = 1e-6;

type Parameters = Readonly<Record<string, unknown>>;

/** The composites of Zennit, by name. */
const COMPOSITES: Readonly<Record<string, (parameters: Parameters) => Composite>> = {
  epsilon: (p) => [{ rule: epsilonOf(p) }],
  "epsilon-plus": (p) => [
    { layer: "convolution", rule: { rule: "z-plus" } },
    { layer: "dense", rule: epsilonOf(p) },
  ],
  "epsilon-plus-flat": (p) => [{ first: true, rule: { rule: "flat" } }, ...COMPOSITES["epsilon-plus"]!(p)],
  "epsilon-gamma-box": (p) => [
    { layer: "convolution", first: true, rule: { rule: "z-box", low: boundOf(p, "low"), high: boundOf(p, "high") } },
    { layer: "convolution", rule: { rule: "gamma", gamma: numberOf(p, "gamma", 0.25) } },
    { layer: "dense", rule: epsilonOf(p) },
  ],
  "epsilon-alpha2-beta1": (p) => [
    { layer: "convolution", rule: { rule: "alpha-beta", alpha: 2, beta: 1 } },
    { layer: "dense", rule: epsilonOf(p) },
  ],
  "epsilon-alpha2-beta1-flat": (p) => [{ first: true, rule: { rule: "flat" } }, ...COMPOSITES["epsilon-alpha2-beta1"]!(p)],
};

const LAYER_PARAMETERS: Readonly<Record<LayerRule["rule"], readonly string[]>> = {
  zero: [],
  epsilon: ["epsilon"],
  gamma: ["gamma"],
  "z-plus": [],
  "alpha-beta": ["alpha", "beta"],
  flat: [],
  "w-square": [],
  "z-box": ["low", "high"],
};

/**
 * The composite that parameters ask for: a name with its parameters, or a list of entries.
 *
 * @throws {XDeepError} RULE_INVALID for a composite or an entry that does not exist
 */
export function compositeOf(parameters: Parameters): Composite {
  const { composite = "epsilon-plus" } = parameters;
  if (Array.isArray(composite)) return composite.map(checkedEntry);
  const known = typeof composite === "string" && Object.hasOwn(COMPOSITES, composite) ? COMPOSITES[composite] : undefined;
  if (known !== undefined) return known(parameters);
  throw invalid(`has no composite "${String(composite)}"; there are ${Object.keys(COMPOSITES).join(", ")}, or a list of your own`, composite);
}

function checkedEntry(entry: unknown): CompositeEntry {
  const { layer, name, first, rule, ...others } = (entry ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`takes layer, name, first and rule in an entry of a composite, got "${unknown}"`, entry);
  if (layer !== undefined && layer !== "convolution" && layer !== "dense")
    throw invalid(`knows the layers "convolution" and "dense", got "${String(layer)}"`, entry);
  if (name !== undefined && typeof name !== "string") throw invalid("takes a text as the name pattern of an entry", entry);
  if (first !== undefined && typeof first !== "boolean") throw invalid("takes true or false as `first` of an entry", entry);
  return { layer, name, first, rule: checkedRule(rule) };
}

/** A layer's rule with every default filled in. */
function checkedRule(given: unknown): LayerRule {
  const { rule, ...parameters } = (typeof given === "string" ? { rule: given } : (given ?? {})) as Record<string, unknown>;
  const known = Object.hasOwn(LAYER_PARAMETERS, String(rule)) ? LAYER_PARAMETERS[rule as LayerRule["rule"]] : undefined;
  if (known === undefined) throw invalid(`has no layer rule "${String(rule)}"; there are ${Object.keys(LAYER_PARAMETERS).join(", ")}`, given);
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`has no parameter "${unknown}" in its layer rule "${String(rule)}"`, given);
  switch (rule as LayerRule["rule"]) {
    case "epsilon":
      return epsilonOf(parameters);
    case "gamma":
      return { rule: "gamma", gamma: numberOf(parameters, "gamma", 0.25) };
    case "alpha-beta":
      return alphaBeta(numberOf(parameters, "alpha", 2), numberOf(parameters, "beta", 1));
    case "z-box":
      return { rule: "z-box", low: boundOf(parameters, "low"), high: boundOf(parameters, "high") };
    default:
      return { rule } as LayerRule;
  }
}

function alphaBeta(alpha: number, beta: number): LayerRule {
  if (Math.abs(alpha - beta - 1) < 1e-9) return { rule: "alpha-beta", alpha, beta };
  throw invalid(`conserves relevance where alpha − beta is 1, got ${alpha} and ${beta}`, { alpha, beta });
}

function epsilonOf(parameters: Parameters): LayerRule {
  return { rule: "epsilon", epsilon: numberOf(parameters, "epsilon", EPSILON) };
}

function numberOf(parameters: Parameters, name: string, byDefault: number): number {
  return numberParameter("lrp", parameters, name, byDefault);
}

function boundOf(parameters: Parameters, name: "high" | "low"): Bound {
  const { [name]: value } = parameters;
  const isNumber = (each: unknown): boolean => typeof each === "number" && Number.isFinite(each);
  if (isNumber(value) || (Array.isArray(value) && value.length > 0 && value.every(isNumber))) return value as Bound;
  throw invalid(
    `needs ${name}, the ${name === "low" ? "smallest" : "largest"} number that an input entry can be, or one for each channel; got ${String(value)}`,
    value,
  );
}

function invalid(problem: string, got: unknown): Error {
  return invalidRule("lrp", problem, { got });
}
