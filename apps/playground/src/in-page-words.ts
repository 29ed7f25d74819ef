import { isXDeepError } from "@xdeep/core";

/** Where messages speak to those who write programs, and what to say instead. */
const PHRASES: readonly (readonly [said: RegExp, instead: string])[] = [
  [
    /^No GPU can be used by .* webgpu: (.*) emulates a GPU on the CPU .*$/,
    'The GPU of this browser is emulated by software ($1), slower than the CPU. To run there all the same, choose "emulated GPU" as the device.',
  ],
  [/ \(limits\.(\w+)\)\. If you trust the file, raise the limit: \{.*\}/, ". If you trust the file, explain it by the command, with --limit $1=…"],
  [/: pass (them|it) as weightFiles: \{.*\}\./, ": drop $1 together with the model."],
  [/; ONNX files belong to @xdeep\/onnxruntime\./, "."],
  [/ Load the model by its path, or pass the file's bytes as external data\./, " Drop that file together with the model."],
  [/\nPass rules of your own through options\.rules \(.*\)\./, "\nRules of your own need a program: see Write a rule in the documentation."],
  [/ Leave out useGpu to run on the CPU\.$/, " The model runs on the CPU, as before."],
];

/** What browsers say of modules that do not come, each in words of its own. */
const UNFETCHED = /dynamically imported module|Importing a module script failed/;

/** What went wrong, in the words of the page. */
export function inPageWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (UNFETCHED.test(message)) return "A part of the page could not be fetched. Is there no network? Load the page again once there is one.";
  return isXDeepError(error) ? PHRASES.reduce((text, [said, instead]) => text.replace(said, instead), message) : message;
}

const NOTE_PHRASES: typeof PHRASES = [
  [/: it takes more steps than that\. Take more \(`n`\), or a `tolerance`\.$/, ". Take more steps."],
  [/\bAllow more \(`maxSteps`\)/, "Allow more steps"],
  [/, name the value before the last activation as `output`/, ", name the value before the last activation by --output of the command"],
];

/** What should be known of an explanation, in the words of the page. */
export function noteInPageWords(note: string): string {
  return NOTE_PHRASES.reduce((text, [said, instead]) => text.replace(said, instead), note);
}
