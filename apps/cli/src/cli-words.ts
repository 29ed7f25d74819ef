import type { Target, XDeepError } from "@xdeep/core";

import { describeTarget } from "./print/describe-target.ts";

/** Options of the API that the command line calls otherwise, by who takes them. What is not here is called the same, as --kebab-case. */
const FLAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  integrated: { n: "--steps", multiplyByInputs: "--no-multiply-by-inputs" },
  smooth: { n: "--samples", std: "--noise-std" },
  Option: { colorMap: "--colors" },
};

/** Where messages speak to those who write programs, and what to say instead. */
const PHRASES: readonly (readonly [said: RegExp, instead: string | ((...found: string[]) => string)])[] = [
  [/\bOption "(\w+)"/g, (_, name) => flagOf("Option", name!)],
  [/\b(integrated|smooth): (\w+) must be/g, (_, method, name) => `${flagOf(method!, name!)} must be`],
  [/"?\bmaxPixels\b"?/g, "--max-pixels"],
  [/\btruncate: true\b/g, "--truncate"],
  [/: exportExplainerFiles\./g, ": --external-data."],
  [/`maxPoints`/g, "--max-points"],
  [/\bFix it: integrated\(explainer, \{ n: (\d+) \}\)/g, (_, n) => `Fix it: --steps ${n}`],
  [/; few points of quadrature "gausslegendre" serve/g, "; few points of --quadrature gausslegendre serve"],
  [/\bFor an ONNX Runtime of your own, pass profile: "server"\./g, "For an ONNX Runtime of your own, give --profile server."],
  [/ \(inputDims\)/g, " (--input-dims)"],
  [/^inputDims names/g, "--input-dims names"],
  [/\bLoad the model with `inputDims`/g, "Give its dims by --input-dims"],
  [/\bgive `target` or `targetInput`, not both/g, "give --target or --target-input, not both"],
  [/ Pass `form`: "sensitivity" or "contribution"/g, " A program can say so (@xdeep/metrics); leave this method or this metric out"],
  [/\bAllow more \(`maxSteps`\)/g, "Take more --steps"],
  [/\bTake more \(`n`\), or a `tolerance`/g, "Take more --steps, or give a --tolerance"],
  [/\bname the value before the last activation as `output`/g, "name the value before the last activation by --output"],
  [/\bname the value inside that has it there as `output`/g, "name the value inside that has it there by --output"],
  [/\bask for score "logit"/g, "leave out --score"],
  [/\blacks "(\w+)"/g, (_, name) => `lacks ${flagOf("Option", name!)}`],
  [/where there is a `tolerance`/g, "where there is a --tolerance"],
  [
    /\bName (one|a layer) as `layer`(, or attribute to the input)?/g,
    (_, what) => `Name ${what} behind the method, as in grad-cam@NAME (xdeep check --values lists them)`,
  ],
  [/\bPass `channelAxis`, or another layer/g, "Name another layer"],
  [/\bflags\.(\w+)/g, (_, name) => flagOf("Option", name!)],
  [/ on this machine as `base`/g, " on this machine by --base"],
  [/, or merge what there is as partial/g, ", or take what there is by --partial"],
  [/ in `wrt`; the result is then a record/g, " by --wrt"],
  [/ in `wrt`/g, " by --wrt"],
  [/\bPass `std`, in units of the input, or `noise`/g, "Give --noise-std, in units of the input"],
  [/\bPass `noiseLevel` or `std`/g, "Give --noise-level or --noise-std"],
  [/\bExplain a value before them: output (.*)\./g, (_, names) => `Explain a value before them: ${names!.replaceAll(/"([^"]*)"/g, "--output $1")}.`],
  [/\bAsk for score "probability"/g, "Give --score probability"],
  [/\bLeave (?:out useGpu|useGpu out) to run on the CPU/g, "Leave --gpu out to run on the CPU"],
  [
    /\bPass its dims, such as inputDims: \{ "(.*)": \[.*\] \}; a name or null stands for any size/g,
    (_, name) => `Give its dims, such as --input-dims ${name}=N,3,224,224; a name stands for any size`,
  ],
  [/`shared` names/g, "--shared names"],
  [/`cache` (?=keeps|is the path)/g, "--cache "],
  [/ \(limits\.(\w+)\)\. If you trust the file, raise the limit: \{.*\}/g, (_, name) => `. If you trust the file, raise the limit: --limit ${name}=N`],
  [/\blimits\.(\w+) is/g, (_, name) => `--limit ${name} is`],
  [/ Leave it out of wrt, or pass a rule through options\.rules\./g, " Name others by --wrt."],
  [
    /\nPass rules of your own through options\.rules \(.*\)\./g,
    "\nRules of your own need a program (docs/write-a-rule.md); --output and --wrt can name values that leave these operators out.",
  ],
  [/\bPass an integer; weighted sums are \{.*\}/g, 'Give --target a number, a name of --labels, or a sum such as "3 - 5"'],
  [
    /\bPass \{ index: \[(.*?)\] \} with (\d+) integers.*\{ terms.*\}/g,
    (_, index) => `Give --target ${index!.replaceAll(" ", "")} as numbers, with * for the highest along an axis`,
  ],
];

/** A note of the libraries, in the words of the command line. */
export function noteInCliWords(note: string): string {
  return PHRASES.reduce((text, [said, instead]) => text.replace(said, instead as string), note);
}

/** The message of an error, in the words of the command line: flags instead of options of the API. */
export function inCliWords({ message, details }: XDeepError): string {
  const { target } = details as { readonly target?: unknown };
  const named = isTarget(target) ? message.replace(JSON.stringify(target), describeTarget(target)) : message;
  return noteInCliWords(named);
}

/** --input-dims for inputDims. */
export function flagName(option: string): string {
  return `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function flagOf(owner: string, option: string): string {
  return FLAGS[owner]?.[option] ?? flagName(option);
}

function isTarget(target: unknown): target is Exclude<Target, number> {
  return typeof target === "object" && target !== null && ("index" in target || "max" in target || "terms" in target);
}
