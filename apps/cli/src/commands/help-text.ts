import { METHOD_WORDS } from "../explain/method.ts";

const METHOD_LINES = Object.entries(METHOD_WORDS)
  .map(([word, meaning]) => `  ${word.padEnd(11)} ${meaning}`)
  .join("\n");

/** Under `xdeep explain --help`. */
export const EXPLAIN_HELP: string = `
Methods (--method):
${METHOD_LINES}
  Joined by "-" they nest, outermost first: smooth-guided, integrated-guided, smooth-integrated.

What is written for every input and method, in the folder --out:
  NAME.METHOD.overlay.png   the attribution over what the model saw (and other pictures, see --render)
  NAME.METHOD.npy           the attribution itself, with the dims of the model's input
  NAME.METHOD.json          everything that is needed to make it again

Examples:
  $ xdeep explain squeezenet.onnx kitten.jpg --preset caffe --labels imagenet_class_index.json
  $ xdeep explain resnet50.onnx *.jpg --method guided,integrated --steps 50 --render overlay,sheet
  $ xdeep explain resnet50.onnx dog.jpg --labels labels.txt --target tabby --method smooth --samples 30
  $ xdeep explain mnist.onnx digit.png --method integrated --render diverging --baseline black
  $ xdeep explain iris.onnx sample.json --method integrated        (sample.json: [[5.1, 3.5, 1.4, 0.2]])
  $ xdeep explain two-inputs.onnx photo.jpg --input mask=mask.npy --json

Exit codes: 0 done, 1 the model or the data failed, 2 the command line cannot be understood, 130 interrupted.
`;

/** Under `xdeep --help`. */
export const PROGRAM_HELP: string = `
Examples:
  $ xdeep check model.onnx                     can it be explained, what are its inputs and outputs?
  $ xdeep explain model.onnx photo.jpg         which pixels made the score, by the plain gradient
  $ xdeep explain model.onnx photo.jpg --method guided,integrated --labels labels.txt --target "tabby"
  $ xdeep explain model.onnx table.json        a model that takes no pictures

Methods: ${Object.keys(METHOD_WORDS).join(", ")}, and combinations. \`xdeep explain --help\` says what they mean.
`;
