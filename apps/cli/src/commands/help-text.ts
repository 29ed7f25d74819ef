import { ALONE_WORDS } from "../explain/methods/alone-method.ts";
import { MEASURE_WORDS, METRIC_WORDS } from "../evaluate/metric.ts";
import { METHOD_WORDS } from "../explain/methods/method.ts";
import { wrapLines } from "../print/text/wrap-lines.ts";

const METHOD_LINES = listed(Object.entries(METHOD_WORDS));
const ALONE_LINES = listed(Object.entries(ALONE_WORDS).map(([word, { meaning }]) => [word, meaning]));
const MEASURE_LINES = wrapLines(
  Object.entries(MEASURE_WORDS)
    .map(([word, { runs }]) => `${word} ${runs}`)
    .join(", "),
  "  ",
);
const METRIC_LINES = listed(Object.entries(METRIC_WORDS).map(([word, { meaning }]) => [word, meaning]));

/** Words of up to eleven letters beside what they mean, longer ones above it. */
function listed(words: readonly (readonly [word: string, meaning: string])[]): string {
  return words
    .map(([word, meaning]) => (word.length <= 11 ? wrapLines(meaning, `  ${word.padEnd(11)} `) : `  ${word}\n${wrapLines(meaning, " ".repeat(14))}`))
    .join("\n");
}

/** Under `xdeep explain --help`. */
export const EXPLAIN_HELP: string = `
Methods (--method):
${METHOD_LINES}
  Joined by "-" they nest, outermost first: smooth-guided, smooth-integrated.
${ALONE_LINES}
  At a layer: the last that suits, or the one behind "@", as in
  layer-cam@/layer3/Relu; \`xdeep check\` lists them.
  Any other word is a package of others: foo is xdeep-method-foo, which is
  looked for from the current folder.

Measures (--metric), and the forward runs of each per input and method:
${MEASURE_LINES}
  They stand under each method, in its .json file and in the report. What they
  mean: \`xdeep evaluate --help\`, which has more and compares methods.

What is written for every input, model and method, in the folder --out:
  NAME.MODEL.METHOD.overlay.png  the attribution over what the model saw (and
                                 other pictures, see --render)
  NAME.MODEL.METHOD.npy          the attribution, as large as the model's input
  NAME.MODEL.METHOD.json         all that is needed to make it again
  With several --target, each has its own: NAME.MODEL.METHOD.TARGET.npy

Examples:
  Why is this a tabby? ImageNet labels, a model trained with Caffe:
  $ xdeep explain squeezenet.onnx kitten.jpg --preset caffe --labels names.txt
  All pictures of a folder, two methods, laid out on a sheet:
  $ xdeep explain resnet50.onnx photos -m guided,integrated --render sheet
  A cat of which kind? Both classes side by side:
  $ xdeep explain squeezenet.onnx kitten.jpg -t tabby -t lynx --render sheet
  Two models, and what tells two classes apart:
  $ xdeep explain a.onnx b.onnx dog.jpg -l names.txt -t "beagle - basset"
  One page to pass on, with methods side by side, that needs nothing else:
  $ xdeep explain model.onnx photos -m guided,integrated --report report.html
  The same, with how good each map is:
  $ xdeep explain model.onnx dog.jpg -m vanilla,lrp --metric deletion,insertion
  Where it is, coarsely and finely:
  $ xdeep explain resnet50.onnx dog.jpg -m grad-cam,guided-grad-cam
  What speaks for a digit, and what against it:
  $ xdeep explain mnist.onnx 7.png -m integrated --render diverging
  Many pictures, in shards; what is stopped goes on by the same command:
  $ xdeep explain resnet50.onnx photos --workers 8 -o results --report all.html
  No picture: sample.json holds [[5.1, 3.5, 1.4, 0.2]]
  $ xdeep explain iris.onnx sample.json -m integrated
  A text, cut by the tokenizer.json beside the model:
  $ xdeep explain sentiment/model.onnx --text "A great film" -m integrated
  A further input, and everything as one JSON document:
  $ xdeep explain two-inputs.onnx photo.jpg --input mask=mask.npy --json

Exit codes: 0 done; 1 a model, an input or a method failed, while others were
explained; 2 the command line cannot be understood; 130 interrupted.
`;

/** Words that stand alone, of methods that no file can hold: a test holds them against what @xdeep/export writes, which a text need not load. */
const NOT_IN_FILES: readonly string[] = ["layer-integrated", "conductance", "internal-influence", "attention-rollout", "gradient-attention"];
const ALONE_IN_FILES = Object.keys(ALONE_WORDS).filter((word) => !NOT_IN_FILES.includes(word));

/** Under `xdeep export --help`. */
export const EXPORT_HELP: string = `
Methods (--method):
${METHOD_LINES}
  Joined by "-" they nest, outermost first: smooth-guided, smooth-integrated.
${wrapLines(`${ALONE_IN_FILES.join(", ")}: as in xdeep explain`, "  ")}
  At a layer: the last that suits, or the one behind "@".
  Several with commas between share one file: attribution_<method> each.

Outputs of the file, all with a row for each of the input:
  attribution        as large as the input, or as the layer's map
  target             int64: the entry that was explained
  score              what it scored
  convergence_delta  integrated: sum of attributions - (F(x) - F(baseline))
  points             with --tolerance: int64, what each row took
  heat_map           with --heat-map: uint8 [N, H, W]
  and the model's own, unless --only is given.

Examples:
  $ xdeep export resnet.onnx -m integrated --steps 8 -o explain.onnx
  As many points as each row needs, for an ONNX Runtime of your own:
  $ xdeep export resnet.onnx -m integrated --profile server --tolerance 1%
  A class, pixels in and a picture out, for a database:
  $ xdeep export resnet.onnx -t 281 --pixels uint8 -p imagenet --heat-map --only
  What keeps a file from running elsewhere:
  $ xdeep check --portable model.onnx
`;

/** Under `xdeep evaluate --help`. */
export const EVALUATE_HELP: string = `
Measures (--metric):
${METRIC_LINES}
  What each assumes, and its paper: https://github.com/xdeep/xdeep, @xdeep/metrics.
Methods (--method) are those of \`xdeep explain\`. --seed is that of measures too.

What is written, in the folder --out:
  evaluation.MODEL.json        every value, means, intervals, what was measured
  evaluation.MODEL.METRIC.png  curves, the mean over all inputs

Examples:
  Which method finds what the network needs?
  $ xdeep evaluate resnet50.onnx photos -m grad-cam,vanilla,integrated
  Which one looks at the object? masks/dog.png belongs to photos/dog.jpg
  $ xdeep evaluate resnet50.onnx photos -m grad-cam,smooth --metric pointing:masks,mass:masks
  Does a method depend on the network at all?
  $ xdeep evaluate resnet50.onnx photos -m guided,vanilla --metric mprt

Exit codes: 0 done; 1 a model, an input or a method failed, while others were
measured; 2 the command line cannot be understood; 130 interrupted.
`;

/** Under `xdeep --help`. */
export const PROGRAM_HELP: string = `
Examples:
  $ xdeep check model.onnx                can it be explained? what goes in?
  $ xdeep explain model.onnx photo.jpg    which pixels made the score
  $ xdeep explain model.onnx photos -m guided,integrated --labels names.txt
  $ xdeep explain model.onnx table.json   a model that takes no pictures
  $ xdeep evaluate model.onnx photos -m vanilla,integrated   which is better?
  $ xdeep export model.onnx -m guided     one ONNX file that explains, anywhere
  $ xdeep serve models --port 8080        explain over HTTP

${wrapLines(`Methods: ${[...Object.keys(METHOD_WORDS), ...Object.keys(ALONE_WORDS)].join(", ")}, and combinations.`, "")}
\`xdeep explain --help\` says what they mean.
`;
