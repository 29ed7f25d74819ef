import { operatorSchemas } from "../gen/operator-schemas.ts";
import { isDefaultDomain } from "../since-version.ts";
import { microsoftSchemas } from "./microsoft-schemas.ts";

/** What an operator takes and gives, by number and kind. */
export interface OperatorForm {
  readonly inputs: ParameterList;
  readonly outputs: ParameterList;
  readonly attributes: ReadonlyMap<string, AttributeForm>;
}

export interface ParameterList {
  readonly least: number;
  readonly most: number;
  /** Places that must be filled. */
  readonly needed: readonly number[];
  /** From here on every place that is there must be filled: parameters of any number cannot be left out in between. */
  readonly variadicFrom: number;
}

export interface AttributeForm {
  /** A letter, as in `AttributeKind`. */
  readonly kind: string;
  readonly isNeeded: boolean;
}

const parsed = new Map<string, OperatorForm>();

/** The form of an operator at a version of its domain; undefined for operators that are unknown, or not there at that version. */
export function operatorForm(domain: string, op: string, opset: number): OperatorForm | undefined {
  const text = isDefaultDomain(domain) ? latest(operatorSchemas, op, opset) : domain === "com.microsoft" ? latest(microsoftSchemas, op, 1) : undefined;
  if (text === undefined) return undefined;
  let form = parsed.get(text);
  if (form === undefined) parsed.set(text, (form = parse(text)));
  return form;
}

/** The version with which an operator of the default domain came, where that is later than `opset`; undefined otherwise. */
export function comesWith(domain: string, op: string, opset: number): number | undefined {
  const first = isDefaultDomain(domain) && Object.hasOwn(operatorSchemas, op) ? operatorSchemas[op]?.[0]?.[0] : undefined;
  // Before opset 10 some of today's operators were there on trial.
  return first !== undefined && first > opset && opset >= 10 ? first : undefined;
}

function latest(schemas: typeof operatorSchemas, op: string, opset: number): string | undefined {
  return Object.hasOwn(schemas, op) ? schemas[op]?.findLast(([since]) => since <= opset)?.[1] : undefined;
}

/** Reads `sso>s axis:i perm!:I`. */
function parse(text: string): OperatorForm {
  const [parameters = ">", ...attributes] = text.split(" ");
  const [inputs = "", outputs = ""] = parameters.split(">");
  return { inputs: parameterList(inputs), outputs: parameterList(outputs), attributes: new Map(attributes.map(attributeForm)) };
}

function parameterList(letters: string): ParameterList {
  const needed = [...letters].flatMap((letter, index) => (letter === "s" ? [index] : []));
  const isOpen = /[vw]$/.test(letters);
  return {
    least: letters.endsWith("v") ? letters.length : (needed.at(-1) ?? -1) + 1,
    most: isOpen ? Infinity : letters.length,
    needed,
    variadicFrom: isOpen ? letters.length - 1 : Infinity,
  };
}

function attributeForm(text: string): readonly [string, AttributeForm] {
  const [name = "", kind = ""] = text.split(":");
  return [name.replace("!", ""), { kind, isNeeded: name.endsWith("!") }];
}
