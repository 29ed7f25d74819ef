/** The part of opentype.js that labels need. Its published types pull the DOM library into every program that reads them. */
declare module "opentype.js" {
  export interface Font {
    readonly unitsPerEm: number;
    charToGlyphIndex(character: string): number;
    getAdvanceWidth(text: string, fontSize: number): number;
    getPath(text: string, x: number, y: number, fontSize: number): { toPathData(decimals: number): string };
  }
  const opentype: { parse(font: ArrayBuffer): Font };
  export default opentype;
}
