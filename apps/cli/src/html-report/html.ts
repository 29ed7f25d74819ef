/** HTML that may stand in a page as it is. */
export interface Html {
  readonly html: string;
}

/** What a template takes: texts and numbers are escaped, `Html` stands as it is, lists are joined, null is nothing. */
type Piece = string | number | Html | null | readonly Piece[];

/** A template whose values cannot become markup, in elements and in attributes with quotes. */
export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: texts.reduce((page, text, n) => page + written(pieces[n - 1]!) + text) };
}

/** Data for a script of type application/json: as JSON, without what would end the script. */
export function jsonForScript(value: unknown): Html {
  return { html: JSON.stringify(value).replaceAll("<", "\\u003c") };
}

function written(piece: Piece): string {
  if (piece === null) return "";
  if (typeof piece === "string" || typeof piece === "number") return escaped(String(piece));
  return "html" in piece ? piece.html : piece.map(written).join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
