/** Puts each picture, which is in the page once, under every map of it; and what the sliders do. It is part of the page as text. */
export const PAGE_SCRIPT: string = `
const at = (id) => document.getElementById(id);
for (const copy of document.querySelectorAll("img[data-of]")) copy.src = at(copy.dataset.of).src;
const maps = document.querySelectorAll("xdeep-map");
for (const id of ["percentile", "opacity"]) {
  at(id)?.addEventListener("input", () => {
    at(id).nextElementSibling.value = at(id).value;
    for (const map of maps) map.setAttribute(id, at(id).value);
  });
}
at("sign")?.addEventListener("change", () => {
  for (const map of maps) map.toggleAttribute("signed", at("sign").value === "signed");
});
`;
