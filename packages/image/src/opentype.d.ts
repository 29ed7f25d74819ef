/** The part of opentype.js that labels need. Its published types pull the DOM library into every program that reads them. */
declare module "opentype.js" {
  export interface Glyph {
    /** Place in the font; 0 is the box that stands for a character it lacks. */
    readonly index: number;
    readonly advanceWidth: number;
    getPath(x: number, y: number, fontSize: number): { toPathData(decimals: number): string };
  }
  export interface Font {
    readonly unitsPerEm: number;
    charToGlyph(character: string): Glyph;
    getKerningValue(left: Glyph, right: Glyph): number;
  }
  const opentype: { parse(font: ArrayBuffer): Font };
  export default opentype;
}
