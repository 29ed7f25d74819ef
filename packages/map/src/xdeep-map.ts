import { type Attribution, type Input, isXDeepError } from "@xdeep/core";
import type { AttributionMap } from "./attribution-map.ts";
import { type AttributionSource, type AttributionView, type ViewKind, readAttribution, viewOf } from "./attribution-view.ts";
import { blurMap } from "./blur-map.ts";
import { stepFrom } from "./cursor-steps.ts";
import { describeView, nameOf } from "./describe-view.ts";
import { type Parts, createParts } from "./element-parts.ts";
import { formatShare, formatValue } from "./format-value.ts";
import { type Cursor, type GroupMember, joinGroup, leaveGroup, othersIn, sharedEnd } from "./map-groups.ts";
import { DEFAULT_PERCENTILE, absolutePercentile } from "./normalize-map.ts";
import { cssColor, paintMap } from "./paint-map.ts";
import { cellFacts, totalOf } from "./place-shares.ts";
import { barTable, pictureTables, valueTable } from "./value-tables.ts";

/** What a map lies over: pixels of 8-bit RGB or RGBA (an `RgbImage` of @xdeep/image, an `ImageData`). */
export interface PicturePixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** What `xdeep-cursor` says: which value is pointed at; null where none is. */
export type CursorDetail = {
  readonly at: number;
  readonly column: number;
  readonly row: number;
  readonly value: number;
  readonly share: number;
  readonly rank: number;
} | null;

const DEFAULT_OPACITY = 0.75;
/** Narrower pictures show their pixels as squares. */
const COARSE = 100;

/** Node has no elements; there the class can be imported, and does nothing. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<xdeep-map>`: an attribution over the picture, the words or the features that it explains.
 *
 * The attribution is the property `attribution`, or JSON in a `<script type="application/json">` inside the element; the picture is the property
 * `picture`, or an `<img>` inside. Attributes: `caption`, `signed`, `percentile`, `opacity`, `blur`, `group`, `scale="group"`, `unit="share"`, `row`,
 * `value`, `kind`, `layout`, `names` (JSON), `controls`. What cannot be shown is said in the element.
 *
 * @fires xdeep-cursor with a `CursorDetail`, whenever another value is pointed at, by pointer, by keys, or in another map of the group
 */
export class XDeepMap extends Base implements GroupMember {
  static readonly observedAttributes: readonly string[] = [
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

  #attribution: AttributionSource | null = null;
  #read: Attribution<Input> | null = null;
  #picture: PicturePixels | null = null;
  #names: readonly string[] | null = null;
  #parts: Parts | null = null;
  #view: AttributionView | null = null;
  #map: AttributionMap | null = null;
  /** Where the scale of this map alone ends. */
  #own = 0;
  #end = 0;
  #at: number | null = null;
  #group: string | null = null;
  #isWaiting = false;

  /** What is shown. */
  get attribution(): AttributionSource | null {
    return this.#attribution;
  }
  set attribution(source: AttributionSource | null) {
    this.#attribution = source;
    this.#read = null;
    this.#change();
  }

  /** What the map lies over. An `<img>` inside the element does the same. */
  get picture(): PicturePixels | null {
    return this.#picture;
  }
  set picture(pixels: PicturePixels | null) {
    this.#picture = pixels;
    this.#change();
  }

  /** Names of words or features, in the order of the values; also the attribute `names`, as a JSON array. */
  get names(): readonly string[] | null {
    return this.#names;
  }
  set names(names: readonly string[] | null) {
    this.#names = names;
    this.#change();
  }

  get ownEnd(): number | null {
    return this.getAttribute("scale") === "group" && this.#map !== null ? this.#own : null;
  }

  get places(): number {
    return this.#isShare() ? (this.#map?.data.length ?? 0) : 1;
  }

  connectedCallback(): void {
    this.#parts ??= this.#build();
    this.#group = this.getAttribute("group");
    if (this.#group !== null) joinGroup(this.#group, this);
    this.#change();
  }

  disconnectedCallback(): void {
    if (this.#group !== null) leaveGroup(this.#group, this);
    this.#group = null;
  }

  attributeChangedCallback(name: string): void {
    if (name === "group" && this.isConnected && this.#parts !== null) {
      this.disconnectedCallback();
      this.connectedCallback();
    }
    this.#change();
  }

  /** Points at the place of this map that another of the group points at. */
  pointAt(cursor: Cursor): void {
    this.#point(cursor === null || this.#map === null ? null : placeAt(this.#map, cursor));
  }

  rescale(): void {
    if (this.#map !== null && this.#sharedEnd() !== this.#end) this.#paint();
  }

  /** Everything that was set in one turn of the page is shown once. */
  #change(): void {
    if (this.#parts === null || this.#isWaiting) return;
    this.#isWaiting = true;
    queueMicrotask(() => {
      this.#isWaiting = false;
      if (this.isConnected) this.#show();
    });
  }

  #build(): Parts {
    const parts = createParts(this.attachShadow({ mode: "open" }));
    const { stage, words, bars, details, sign, percentile, opacity, slot } = parts;
    stage.addEventListener("pointermove", (event) => this.#tell(this.#placeUnder(event)));
    for (const area of [stage, words, bars]) {
      area.addEventListener("pointerleave", () => this.#tell(null));
      area.addEventListener("keydown", (event) => this.#press(event));
      area.addEventListener("focusout", () => this.#tell(null));
    }
    for (const area of [words, bars]) {
      for (const type of ["pointerover", "focusin"]) area.addEventListener(type, (event) => this.#tell(placeOf(event)));
    }
    stage.addEventListener("focusin", () => parts.readout.setAttribute("aria-live", "polite"));
    stage.addEventListener("focusout", () => parts.readout.removeAttribute("aria-live"));
    details.addEventListener("toggle", () => this.#tabulate());
    sign.addEventListener("change", () => this.toggleAttribute("signed", sign.value === "signed"));
    percentile.addEventListener("input", () => this.setAttribute("percentile", percentile.value));
    opacity.addEventListener("input", () => this.setAttribute("opacity", opacity.value));
    slot.addEventListener("slotchange", () => this.#image()?.addEventListener("load", () => this.#change(), { once: true }));
    return parts;
  }

  #show(): void {
    const { problem, stage, words, bars, legend, readout, details, controls, caption } = this.#parts!;
    caption.textContent = this.getAttribute("caption");
    caption.hidden = !this.hasAttribute("caption");
    try {
      this.#view = this.#readView();
      this.#map = this.#view === null ? null : this.#inUnit(this.#shown(this.#view));
      this.#own = this.#map === null ? 0 : absolutePercentile(this.#map.data, this.#number("percentile", DEFAULT_PERCENTILE));
      problem.hidden = true;
    } catch (error) {
      this.#view = this.#map = null;
      problem.textContent = isXDeepError(error) ? error.message : `This attribution cannot be shown: ${String(error)}`;
      problem.hidden = false;
    }
    const kind = this.#view?.kind;
    const hasPicture = this.#picture !== null || this.#image() !== null;
    stage.hidden = kind === undefined ? !hasPicture : kind !== "picture";
    words.hidden = kind !== "words";
    bars.hidden = kind !== "bars";
    legend.hidden = details.hidden = kind === undefined;
    readout.hidden = kind !== "picture" && kind !== "words";
    details.hidden ||= kind === "bars";
    controls.hidden = kind === undefined || !this.hasAttribute("controls");
    this.#at = null;
    this.#drawPicture();
    this.#paint();
    if (this.#group !== null) for (const other of othersIn(this.#group, this)) other.rescale();
  }

  #readView(): AttributionView | null {
    const source = this.#attribution ?? this.querySelector('script[type="application/json"]')?.textContent ?? null;
    if (source === null) return null;
    this.#read ??= readAttribution(source);
    const kind = this.getAttribute("kind");
    const layout = this.getAttribute("layout");
    return viewOf(this.#read, {
      row: this.#number("row", 0),
      value: this.getAttribute("value") ?? undefined,
      names: this.#namesOf(),
      kind: (kind ?? undefined) as ViewKind | undefined,
      layout: (layout ?? undefined) as "NCHW" | undefined,
    });
  }

  #namesOf(): readonly string[] | undefined {
    const text = this.getAttribute("names");
    return this.#names ?? (text === null ? undefined : (JSON.parse(text) as readonly string[]).map(String));
  }

  #inUnit(map: AttributionMap): AttributionMap {
    const total = totalOf(map);
    return this.#isShare() && total > 0 ? { ...map, data: map.data.map((value) => value / total) } : map;
  }

  #isSigned({ kind }: AttributionView): boolean {
    return this.hasAttribute("signed") || kind !== "picture";
  }

  #shown(view: AttributionView): AttributionMap {
    const map = this.#isSigned(view) ? view.signed : view.unsigned;
    return view.kind === "picture" ? blurMap(map, this.#number("blur", 0)) : map;
  }

  /** Where the scale of this map ends, by its own values or by those of its group. */
  #sharedEnd(): number {
    return this.#group !== null && this.getAttribute("scale") === "group" ? sharedEnd(this.#group, this, this.#own) : this.#own;
  }

  #isShare(): boolean {
    return this.getAttribute("unit") === "share";
  }

  #inWords(value: number): string {
    if (!this.#isShare()) return formatValue(value);
    return value < 0 ? `−${formatShare(-value)}` : formatShare(value);
  }

  #number(name: string, otherwise: number): number {
    const value = Number.parseFloat(this.getAttribute(name) ?? "");
    return Number.isFinite(value) ? value : otherwise;
  }

  #image(): HTMLImageElement | null {
    return this.querySelector("img");
  }

  #drawPicture(): void {
    const { picture, stage } = this.#parts!;
    const pixels = this.#picture;
    const image = this.#image();
    picture.hidden = pixels === null;
    if (pixels !== null) {
      picture.width = pixels.width;
      picture.height = pixels.height;
      picture.getContext("2d")!.putImageData(new ImageData(rgbaOf(pixels), pixels.width, pixels.height), 0, 0);
    }
    const size = pixels ?? (image !== null && image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : this.#view?.signed);
    stage.classList.toggle("coarse", (size?.width ?? 0) < COARSE);
    if (size !== undefined) stage.style.aspectRatio = `${size.width} / ${size.height}`;
  }

  /** Everything that depends on the end of the scale. */
  #paint(): void {
    const { map: canvas, stage, words, bars, legend, low, high, note, sign, percentile, opacity } = this.#parts!;
    const map = this.#map;
    const view = this.#view;
    if (map === null || view === null) {
      canvas.hidden = true;
      return;
    }
    this.#end = this.#sharedEnd();
    const signed = this.#isSigned(view);
    const names = this.#namesOf() ?? [];
    const text = describeView(view, names);
    if (view.kind === "picture") {
      const width = this.#picture?.width ?? this.#image()?.naturalWidth ?? 0;
      const clear = width > 0;
      canvas.hidden = false;
      canvas.width = map.width;
      canvas.height = map.height;
      canvas.classList.toggle("coarse", !(width > 4 * map.width));
      canvas.style.opacity = clear ? String(this.#number("opacity", DEFAULT_OPACITY)) : "1";
      canvas.getContext("2d")!.putImageData(new ImageData(paintMap(map, { end: this.#end, signed, clear }), map.width, map.height), 0, 0);
      stage.setAttribute("aria-label", `${this.getAttribute("caption") ?? "Attribution"}. ${text}`);
    } else if (view.kind === "words") {
      // Lines break between words, not within them.
      words.replaceChildren(...Array.from(map.data, (value, at) => [wordSpan(nameOf(names, at), value, this.#end, at), " "]).flat());
    } else {
      bars.replaceChildren(barTable(map, names, absolutePercentile(map.data, 100)));
    }
    legend.className = `legend ${signed ? "signed" : "unsigned"}`;
    low.textContent = signed ? `against ${this.#inWords(-this.#end)}` : "0";
    high.textContent = signed ? `for ${this.#inWords(this.#end)}` : this.#inWords(this.#end);
    note.hidden = !this.#isShare();
    legend.hidden = view.kind === "bars";
    sign.value = signed ? "signed" : "unsigned";
    percentile.value = String(this.#number("percentile", DEFAULT_PERCENTILE));
    opacity.value = String(this.#number("opacity", DEFAULT_OPACITY));
    (percentile.nextElementSibling as HTMLOutputElement).value = percentile.value;
    (opacity.nextElementSibling as HTMLOutputElement).value = opacity.value;
    this.#tabulate();
    this.#point(this.#at);
  }

  #tabulate(): void {
    const { details, tables } = this.#parts!;
    if (!details.open || this.#view === null || this.#map === null) return;
    tables.replaceChildren(...(this.#view.kind === "picture" ? pictureTables(this.#view, this.#map) : [valueTable(this.#map, this.#namesOf() ?? [])]));
  }

  #placeUnder({ clientX, clientY }: PointerEvent): number | null {
    if (this.#map === null) return null;
    const { left, top, width, height } = this.#parts!.stage.getBoundingClientRect();
    return placeAt(this.#map, { x: (clientX - left) / width, y: (clientY - top) / height });
  }

  #press(event: KeyboardEvent): void {
    if (this.#map === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = stepFrom(this.#map, this.#at, event.key);
    if (next === undefined || (next === null && this.#at === null)) return;
    event.preventDefault();
    this.#tell(next);
  }

  /** Points here and in the other maps of the group. */
  #tell(at: number | null): void {
    if (at === this.#at) return;
    this.#point(at);
    if (this.#group === null || this.#map === null) return;
    const { width, height } = this.#map;
    const cursor = at === null ? null : { x: ((at % width) + 0.5) / width, y: (Math.floor(at / width) + 0.5) / height };
    for (const other of othersIn(this.#group, this)) other.pointAt(cursor);
  }

  #point(at: number | null): void {
    const { cursor, readout, words, bars } = this.#parts!;
    const map = this.#map;
    const isMoved = at !== this.#at;
    this.#at = at;
    cursor.hidden = at === null || map === null;
    for (const marked of [...words.querySelectorAll<HTMLElement>("[data-at]"), ...bars.querySelectorAll<HTMLElement>("[data-at]")]) {
      marked.classList.toggle("at", at !== null && marked.dataset["at"] === String(at));
    }
    if (map === null || at === null) {
      readout.textContent = this.#view?.kind === "picture" ? "Point at a pixel, or use the arrow keys." : "";
      if (isMoved) this.#announce(null);
      return;
    }
    const column = at % map.width;
    const row = Math.floor(at / map.width);
    const { value, share, rank, of } = cellFacts(map, at);
    cursor.style.cssText = `left: ${((column + 0.5) / map.width) * 100}%; top: ${((row + 0.5) / map.height) * 100}%; width: ${100 / map.width}%; height: ${100 / map.height}%;`;
    const place = this.#view!.kind === "picture" ? `column ${column}, row ${row}` : nameOf(this.#namesOf() ?? [], at);
    const size = this.#isShare() ? this.#inWords(value) : `${formatValue(value)}, ${formatShare(share)}`;
    readout.textContent = `${place}: ${size} of the total, rank ${rank} of ${of}`;
    if (isMoved) this.#announce({ at, column, row, value, share, rank });
  }

  #announce(detail: CursorDetail): void {
    this.dispatchEvent(new CustomEvent("xdeep-cursor", { detail, bubbles: true, composed: true }));
  }
}

function placeAt({ width, height }: AttributionMap, { x, y }: NonNullable<Cursor>): number {
  const clamp = (at: number, length: number): number => Math.min(length - 1, Math.max(0, Math.floor(at * length)));
  return clamp(y, height) * width + clamp(x, width);
}

/** The place of the word or the bar that an event is about. */
function placeOf({ target }: Event): number | null {
  const at = (target as Element | null)?.closest<HTMLElement>("[data-at]")?.dataset["at"];
  return at === undefined ? null : Number(at);
}

function wordSpan(word: string, value: number, end: number, at: number): HTMLElement {
  const span = document.createElement("span");
  span.textContent = word;
  span.style.background = cssColor(value, end);
  span.dataset["at"] = String(at);
  return span;
}

function rgbaOf({ width, height, data }: PicturePixels): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  const channels = data.length / (width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) pixels[pixel * 4 + channel] = data[pixel * channels + channel]!;
  }
  return pixels;
}
