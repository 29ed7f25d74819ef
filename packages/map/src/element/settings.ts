import type { ViewKind, ViewOptions } from "../view/attribution-view.ts";
import { formatValue } from "../view/format-value.ts";
import { DEFAULT_PERCENTILE } from "../values/normalize-map.ts";

const DEFAULT_OPACITY = 0.75;

/** The attributes that change what is shown. */
export const ATTRIBUTES: readonly string[] = [
  "blur",
  "caption",
  "controls",
  "group",
  "kind",
  "layout",
  "names",
  "opacity",
  "percentile",
  "row",
  "scale",
  "signed",
  "unit",
  "value",
];

/** What the attributes of the element say, at the time they are asked. */
export class Settings {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  get caption(): string | null {
    return this.#element.getAttribute("caption");
  }

  get hasControls(): boolean {
    return this.#element.hasAttribute("controls");
  }

  get percentile(): number {
    return this.#number("percentile", DEFAULT_PERCENTILE);
  }

  get opacity(): number {
    return this.#number("opacity", DEFAULT_OPACITY);
  }

  get blur(): number {
    return this.#number("blur", 0);
  }

  get isGroupScale(): boolean {
    return this.#element.getAttribute("scale") === "group";
  }

  /** Values are shares of the sum of all |values|. */
  get isShare(): boolean {
    return this.#element.getAttribute("unit") === "share";
  }

  get names(): readonly string[] | undefined {
    const text = this.#element.getAttribute("names");
    return text === null ? undefined : (JSON.parse(text) as readonly unknown[]).map(String);
  }

  /** Which part of an attribution is shown, and as what. */
  get view(): ViewOptions {
    return {
      row: this.#number("row", 0),
      value: this.#text("value"),
      kind: this.#text("kind") as ViewKind | undefined,
      layout: this.#text("layout") as "NCHW",
    };
  }

  /** Values are for and against: of pictures, only where it is said. */
  isSigned(kind: ViewKind): boolean {
    return kind !== "picture" || this.#element.hasAttribute("signed");
  }

  inWords(value: number): string {
    return this.isShare ? `${formatValue(value * 100)} %` : formatValue(value);
  }

  #text(name: string): string | undefined {
    return this.#element.getAttribute(name) ?? undefined;
  }

  #number(name: string, otherwise: number): number {
    const value = Number.parseFloat(this.#element.getAttribute(name) ?? "");
    return Number.isFinite(value) ? value : otherwise;
  }
}
