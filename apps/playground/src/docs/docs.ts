import MiniSearch from "minisearch";

import "./docs.css";

interface Part {
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

const field = document.getElementById("search") as HTMLInputElement;
const list = document.getElementById("found") as HTMLUListElement;
let index: Promise<MiniSearch<Part>> | null = null;

/** What is searched is loaded with the first search. */
async function loadIndex(): Promise<MiniSearch<Part>> {
  const parts = (await (await fetch("search.json")).json()) as readonly Part[];
  const search = new MiniSearch<Part>({
    fields: ["page", "heading", "text"],
    storeFields: ["page", "heading"],
    // Guides and packages stand before the reference.
    searchOptions: {
      boostDocument: (id) => (String(id).startsWith("api-") ? 0.6 : 1),
      boost: { page: 3, heading: 2 },
      prefix: true,
      fuzzy: 0.15,
      combineWith: "AND",
    },
  });
  search.addAll(parts);
  return search;
}

async function find(): Promise<void> {
  const words = field.value.trim();
  list.hidden = words === "";
  if (words === "") return;
  const found = (await (index ??= loadIndex())).search(words).slice(0, 12);
  if (words !== field.value.trim()) return;
  list.replaceChildren(
    ...(found.length === 0 ? [entry("Nothing is found.", "", null)] : found.map(({ id, page, heading }) => entry(String(heading), String(page), String(id)))),
  );
}

function entry(heading: string, page: string, href: string | null): HTMLLIElement {
  const item = document.createElement("li");
  const link = document.createElement(href === null ? "span" : "a");
  if (href !== null) link.setAttribute("href", href);
  link.textContent = heading;
  if (page !== "" && page !== heading) link.append(Object.assign(document.createElement("small"), { textContent: ` ${page}` }));
  item.append(link);
  return item;
}

field.addEventListener("input", () => void find());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") list.hidden = true;
  if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  field.focus();
});
if (matchMedia("(max-width: 52rem)").matches) document.querySelector("nav details")?.removeAttribute("open");
if (document.querySelector("main")?.dataset["page"] === "packages-map.html") void import("./live-map.ts").then(({ showLiveMap }) => showLiveMap());
