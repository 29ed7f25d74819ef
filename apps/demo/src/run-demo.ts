import { join } from "node:path";
import { renderContactSheet, writePng } from "@xdeep/image";
import cliProgress from "cli-progress";
import { describeSheet, overlay } from "./draw-sheet.ts";
import { heldOutScenes, loadShapes } from "./study/explain-scenes.ts";
import { shareTable } from "./study/share-table.ts";
import { CLASS_NAMES } from "./scenes/shapes.ts";
import { type Study, runStudy } from "./study/study.ts";

/** Pictures in the table, three of each class. */
const PICTURES = 24;
/** Pictures on the sheet, one of each class: the first of those in the table. */
const ROWS = CLASS_NAMES.length;

/** Mosaics on the sheet. */
const MOSAICS = 2;

/** What the columns of the table say; a method that is best in one is not best in all. */
const LEGEND = `
  on the object  share of the attribution, Σ|a|, on the object grown by two pixels; means of ${PICTURES} pictures
  in its half    two objects side by side, one of them asked for: share of the positive attribution in its half
  deletion       score while the highest pixels are blurred, by that of the whole picture: lower is better
  random net     likeness with what the method says of a network whose weights were shuffled: 1 looks at no weights

Guided backpropagation outlines objects sharply whichever is asked for: a sharp picture is no proof. Look at "in its half" and at "deletion".`;

/** Explains pictures of shapes with every method, writes the explanations to `folder` and prints where they lie. */
export async function runDemo(folder: string): Promise<void> {
  await using model = await loadShapes();
  console.log(`Explaining ${PICTURES} pictures with a network of ${CLASS_NAMES.length} classes, on ${model.engine}.`);
  const study = await withProgressBar((onProgress) => runStudy(model, heldOutScenes(PICTURES), { onProgress }));

  const sheet = join(folder, "sheet.png");
  await writePng(sheet, await renderContactSheet(describeSheet(study, ROWS, MOSAICS)));
  await writeOverlays(study, folder);

  console.log(`\n${shareTable(study)}\n${LEGEND}`);
  console.log(`\nLook at ${sheet}`);
  console.log(`One by one: ${join(folder, "<picture>-<method>.png")}`);
}

async function writeOverlays(study: Study, folder: string): Promise<void> {
  for (const [row, { className }] of study.scenes.slice(0, ROWS).entries()) {
    for (const result of study.results) {
      await writePng(join(folder, `${className}-${result.method.name.replace(" ", "-")}.png`), overlay(study, result, row));
    }
  }
}

/** A bar on a terminal; nothing elsewhere. */
async function withProgressBar<T>(work: (onProgress?: (done: number) => void) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work();
  const bar = new cliProgress.SingleBar(
    { format: "[{bar}] {percentage} %, {eta_formatted} left", clearOnComplete: true, hideCursor: true },
    cliProgress.Presets.legacy,
  );
  bar.start(1, 0);
  try {
    return await work((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}
