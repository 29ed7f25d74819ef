import { type Attribution, type Input, isXDeepError } from "@xdeep/core";
import { type AttributionSource, readAttribution, viewOf } from "../view/attribution-view.ts";
import type { AttributionMap } from "../values/attribution-map.ts";
import { blurMap } from "../values/blur-map.ts";
import { absolutePercentile } from "../values/normalize-map.ts";
import { totalOf } from "../values/place-shares.ts";
import { stepFrom } from "./cursor-steps.ts";
import { type CursorDetail, type Shown, arrangeParts, drawCursor, drawLegend, drawTables, drawView } from "./draw-view.ts";
import { type Parts, createParts } from "./element-parts.ts";
import { type Cursor, type GroupMember, joinGroup, leaveGroup, othersIn, sharedEnd } from "./map-groups.ts";
import { type PicturePixels, drawPixels } from "./picture-pixels.ts";
import { ATTRIBUTES, Settings } from "./settings.ts";

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
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  readonly #settings: Settings = new Settings(this);
  #attribution: AttributionSource | null = null;
  #read: Attribution<Input> | null = null;
  #picture: PicturePixels | null = null;
  #names: readonly string[] | null = null;
  #parts: Parts | null = null;
  #shown: Shown | null = null;
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
    return this.#settings.isGroupScale && this.#shown !== null ? this.#own : null;
  }

  get places(): number {
    return this.#settings.isShare ? (this.#shown?.map.data.length ?? 0) : 1;
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
    this.#point(cursor === null || this.#shown === null ? null : placeAt(this.#shown.map, cursor));
  }

  rescale(): void {
    if (this.#shown !== null && this.#sharedEnd() !== this.#end) this.#paint();
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
    details.addEventListener("toggle", () => {
      if (this.#shown !== null) drawTables(parts, this.#shown);
    });
    sign.addEventListener("change", () => this.toggleAttribute("signed", sign.value === "signed"));
    percentile.addEventListener("input", () => this.setAttribute("percentile", percentile.value));
    opacity.addEventListener("input", () => this.setAttribute("opacity", opacity.value));
    slot.addEventListener("slotchange", () => this.#image()?.addEventListener("load", () => this.#change(), { once: true }));
    return parts;
  }

  #show(): void {
    const parts = this.#parts!;
    const { problem, caption } = parts;
    const settings = this.#settings;
    caption.textContent = settings.caption;
    caption.hidden = settings.caption === null;
    try {
      this.#shown = this.#readShown();
      this.#own = this.#shown === null ? 0 : absolutePercentile(this.#shown.map.data, settings.percentile);
      problem.hidden = true;
    } catch (error) {
      this.#shown = null;
      problem.textContent = isXDeepError(error) ? error.message : `This attribution cannot be shown: ${String(error)}`;
      problem.hidden = false;
    }
    const hasPicture = this.#picture !== null || this.#image() !== null;
    arrangeParts(parts, this.#shown?.view.kind, { hasPicture, hasControls: settings.hasControls });
    this.#at = null;
    this.#drawPicture();
    this.#paint();
    if (this.#group !== null) for (const other of othersIn(this.#group, this)) other.rescale();
  }

  #readShown(): Shown | null {
    const source = this.#attribution ?? this.querySelector('script[type="application/json"]')?.textContent ?? null;
    if (source === null) return null;
    this.#read ??= readAttribution(source);
    const settings = this.#settings;
    const names = this.#names ?? settings.names;
    const view = viewOf(this.#read, { ...settings.view, names });
    const values = settings.isSigned(view.kind) ? view.signed : view.unsigned;
    const map = view.kind === "picture" ? blurMap(values, settings.blur) : values;
    return { view, map: settings.isShare ? inShares(map) : map, names: names ?? [] };
  }

  /** Where the scale of this map ends, by its own values or by those of its group. */
  #sharedEnd(): number {
    return this.#group !== null && this.#settings.isGroupScale ? sharedEnd(this.#group, this, this.#own) : this.#own;
  }

  #image(): HTMLImageElement | null {
    return this.querySelector("img");
  }

  #drawPicture(): void {
    const { picture, stage } = this.#parts!;
    const pixels = this.#picture;
    const image = this.#image();
    picture.hidden = pixels === null;
    if (pixels !== null) drawPixels(picture, pixels);
    const loaded = image !== null && image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : null;
    const size = pixels ?? loaded ?? this.#shown?.view.signed;
    stage.classList.toggle("coarse", (size?.width ?? 0) < COARSE);
    if (size !== undefined) stage.style.aspectRatio = `${size.width} / ${size.height}`;
  }

  /** Everything that depends on the end of the scale. */
  #paint(): void {
    const parts = this.#parts!;
    const shown = this.#shown;
    if (shown === null) {
      parts.map.hidden = true;
      return;
    }
    this.#end = this.#sharedEnd();
    drawView(parts, shown, this.#settings, { end: this.#end, pictureWidth: this.#picture?.width ?? this.#image()?.naturalWidth ?? 0 });
    drawLegend(parts, shown, this.#settings, this.#end);
    drawTables(parts, shown);
    this.#point(this.#at);
  }

  #placeUnder({ clientX, clientY }: PointerEvent): number | null {
    if (this.#shown === null) return null;
    const { left, top, width, height } = this.#parts!.stage.getBoundingClientRect();
    return placeAt(this.#shown.map, { x: (clientX - left) / width, y: (clientY - top) / height });
  }

  #press(event: KeyboardEvent): void {
    if (this.#shown === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = stepFrom(this.#shown.map, this.#at, event.key);
    if (next === undefined || (next === null && this.#at === null)) return;
    event.preventDefault();
    this.#tell(next);
  }

  /** Points here and in the other maps of the group. */
  #tell(at: number | null): void {
    if (at === this.#at) return;
    this.#point(at);
    if (this.#group === null || this.#shown === null) return;
    const { width, height } = this.#shown.map;
    const cursor = at === null ? null : { x: ((at % width) + 0.5) / width, y: (Math.floor(at / width) + 0.5) / height };
    for (const other of othersIn(this.#group, this)) other.pointAt(cursor);
  }

  #point(at: number | null): void {
    const isMoved = at !== this.#at;
    this.#at = at;
    const detail: CursorDetail = drawCursor(this.#parts!, this.#shown, this.#settings, at);
    if (isMoved) this.dispatchEvent(new CustomEvent("xdeep-cursor", { detail, bubbles: true, composed: true }));
  }
}

function inShares(map: AttributionMap): AttributionMap {
  const total = totalOf(map);
  return total > 0 ? { ...map, data: map.data.map((value) => value / total) } : map;
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
