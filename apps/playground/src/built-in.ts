import shapesUrl from "../../demo/model/shapes.onnx?url";
import type { PreprocessingOverrides } from "@xdeep/image";

/** A network that comes with the page. */
export interface BuiltIn {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly url: string;
  readonly labels: readonly string[];
  readonly samples: readonly Sample[];
  readonly preprocessing?: PreprocessingOverrides;
  /** Names of the features of a table. */
  readonly features?: readonly string[];
  readonly methods: readonly string[];
}

export interface Sample {
  readonly name: string;
  /** Of a picture. */
  readonly url?: string;
  /** Of a table. */
  readonly numbers?: readonly number[];
}

const below = (path: string): string => new URL(path, document.baseURI).href;
const SHAPES = ["circle", "square", "triangle", "star", "cross", "ring", "heart", "crescent"];

export const BUILT_IN: readonly BuiltIn[] = [
  {
    id: "shapes",
    title: "Shapes",
    about: "eight shapes in cluttered pictures, 64 × 64",
    url: shapesUrl,
    labels: SHAPES,
    samples: SHAPES.map((name) => ({ name, url: below(`models/shapes/${name}.png`) })),
    preprocessing: { preset: "unit", size: { width: 64, height: 64 }, resize: "stretch" },
    methods: ["guided", "integrated", "grad-cam"],
  },
  {
    id: "digits",
    title: "Digits",
    about: "drawn digits, 28 × 28",
    url: below("models/digits/digits.onnx"),
    labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    samples: Array.from({ length: 10 }, (_, digit) => ({ name: String(digit), url: below(`models/digits/${digit}.png`) })),
    preprocessing: { preset: "grey" },
    methods: ["integrated", "guided"],
  },
  {
    id: "fruit",
    title: "Fruit",
    about: "a table: five measurements of apples, lemons and plums",
    url: below("models/fruit/fruit.onnx"),
    labels: ["apple", "lemon", "plum"],
    samples: [
      { name: "an apple", numbers: [182, 78, 0.94, 0.7, 72] },
      { name: "a lemon", numbers: [104, 84, 0.7, 0.17, 40] },
      { name: "a plum", numbers: [46, 44, 0.9, 0.66, 24] },
      { name: "a small apple", numbers: [95, 58, 0.9, 0.5, 60] },
    ],
    features: ["weight (g)", "length (mm)", "roundness", "redness", "firmness (N)"],
    methods: ["integrated", "vanilla"],
  },
];

/** The network and the sample that a name means. */
export function builtInById(id: string, sample: string): { readonly builtIn: BuiltIn; readonly sample: Sample } | null {
  const builtIn = BUILT_IN.find((one) => one.id === id);
  return builtIn === undefined ? null : { builtIn, sample: builtIn.samples.find(({ name }) => name === sample) ?? builtIn.samples[0]! };
}
