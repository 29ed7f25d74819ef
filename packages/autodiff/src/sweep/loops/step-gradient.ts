import { type Facts, type GraphBuilder, type GraphProto, type Value, isFloatType } from "@xdeep/onnx";
import { type BodyPath, activeStates } from "./active-states.ts";
import { gradientBody } from "./gradient-body.ts";
import type { PullbackContext } from "../rule.ts";

/** One step of a Loop or a Scan, as its gradient sees it. */
export interface Step {
  /** Writes the gradient's body. */
  readonly inner: GraphBuilder;
  readonly body: GraphProto;
  /** Inputs of the body before its states: the counter and the condition of a Loop. */
  readonly counters: readonly Value[];
  /** Outputs of the body before its states: 1 for the condition of a Loop. */
  readonly conditions: number;
  /** The states before the step, and the node's operands that they started as. */
  readonly states: readonly Operand[];
  /** What the step takes of the scanned inputs. */
  readonly elements: readonly Operand[];
  /** ȳ of what the step adds to the scanned outputs; null where nothing depends on one. */
  readonly cotangents: readonly (Value | null)[];
  /** Whether anything in the step is another value in a reference run. */
  readonly isTwice: boolean;
}

/** A value inside the body that comes from an operand of the node. */
export interface Operand {
  readonly value: Value;
  readonly operand: number;
  /** The value in the reference run, where that is another. */
  readonly twin?: Value | undefined;
}

/** A cotangent that a step computes. */
export interface StepResult {
  readonly operand: number;
  readonly value: Value;
  /** For what is handed from each step to the one before it, ȳ of a state or a sum for an outer value: where it comes in, and its start outside. */
  readonly carried?: { readonly input: Value; readonly start: Value };
}

/** Writes the gradient of one step: the step itself, its reverse sweep, and sums over the steps for outer values. Carried results come first. */
export function stepGradient(context: PullbackContext, step: Step): readonly StepResult[] {
  const { g, input, wants, hasCotangent, cotangent } = context;
  const { inner, counters, elements } = step;
  const active = activeStates(step.body, bodyPath(context, step));
  const states = step.states.map((state, i) =>
    active[i] === true && isFloatType(state.value.facts.type) ? { ...state, input: placeholder(inner, "cotangent", state.value.facts) } : null,
  );
  const outer = outerOperands(context).filter(wants);
  const fed = [...counters.map((value): Pick<Operand, "twin" | "value"> => ({ value })), ...step.states, ...elements];
  const cotangentOf = gradientBody(context, inner, step.body, {
    inputs: fed.map(({ value }) => value),
    twins: step.isTwice ? fed.map(({ value, twin }) => twin ?? value) : undefined,
    cotangents: [...Array<null>(step.conditions).fill(null), ...states.map((state) => state?.input ?? null), ...step.cotangents],
    wrt: [
      ...[...states, ...elements.filter(({ operand }) => wants(operand))].flatMap((wanted) => (wanted === null ? [] : [wanted.value])),
      ...outer.map(input),
    ],
  });
  const ofStates = states
    .filter((state) => state !== null)
    .map(({ value, operand, input: incoming }): StepResult => {
      const index = operand - (step.states[0]?.operand ?? 0);
      const start = hasCotangent(index) ? cotangent(index) : g.zerosLike(input(operand));
      return { operand, value: cotangentOf(value.name) ?? inner.zerosLike(value), carried: { input: incoming, start } };
    });
  const ofOuter = outer.flatMap((operand): readonly StepResult[] => {
    const term = cotangentOf(input(operand).name);
    if (term === null) return [];
    const incoming = placeholder(inner, "sum", input(operand).facts);
    return [{ operand, value: inner.add(incoming, term), carried: { input: incoming, start: g.zerosLike(input(operand)) } }];
  });
  const ofElements = elements.flatMap(({ value, operand }): readonly StepResult[] => {
    const found = wants(operand) ? cotangentOf(value.name) : null;
    return found === null ? [] : [{ operand, value: found }];
  });
  return [...ofStates, ...ofOuter, ...ofElements];
}

/** Where gradients enter and leave the body, by its own names. */
function bodyPath(context: PullbackContext, { body, counters, conditions, states, elements, cotangents }: Step): BodyPath {
  const { input, wants, hasCotangent } = context;
  const names = body.input.slice(counters.length).map(({ name }) => name);
  const outputs = body.output.slice(conditions).map(({ name }) => name);
  const wanted = [...states, ...elements].flatMap(({ operand }, i) => (wants(operand) ? [names[i] as string] : []));
  return {
    states: states.map((_, i) => ({ before: names[i] as string, after: outputs[i] as string })),
    wrt: [
      ...wanted,
      ...outerOperands(context)
        .filter(wants)
        .map((i) => input(i).name),
    ],
    of: outputs.filter((_, i) => (i < states.length ? hasCotangent(i) : cotangents[i - states.length] != null)),
  };
}

/** What the node returns for each operand: the outputs of the gradient's node, which has one per result. */
export function byOperand({ input, inputCount }: PullbackContext, results: readonly StepResult[], outputs: readonly Value[]): readonly (Value | null)[] {
  return Array.from({ length: inputCount }, (_, operand) => {
    const value = outputs[results.findIndex((result) => result.operand === operand)];
    return value === undefined ? null : { name: value.name, facts: { type: input(operand).facts.type, dims: input(operand).facts.dims } };
  });
}

/** An input of a graph that is being written. */
export function placeholder(g: GraphBuilder, hint: string, { type, dims }: Facts): Value {
  return { name: g.freshName(hint), facts: { type, dims } };
}

/** The operands that stand for values which the body takes from outside. */
export function outerOperands({ node, inputCount }: PullbackContext): readonly number[] {
  return Array.from({ length: inputCount - node.input.length }, (_, i) => node.input.length + i);
}
