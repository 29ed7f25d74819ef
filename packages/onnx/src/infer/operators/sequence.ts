import { dataTypeName } from "../../files/data-type.ts";
import { type Facts, unknownFacts } from "../../graphs/facts.ts";
import { firstType } from "./elementwise.ts";
import { type InferenceRules, type NodeView, tensor } from "../rule.ts";

/** Sequences and optionals. The type of their elements is followed, the shape is not. */
export const sequenceRules: InferenceRules = {
  SequenceConstruct: (node) => [sequence(firstType(node))],
  SequenceEmpty: (node) => [sequence(dataTypeName(node.attributes.int("dtype", 1)))],
  SequenceInsert: (node) => [sequence(node.type(0) ?? node.type(1))],
  SequenceErase: (node) => [sequence(node.type(0))],
  SplitToSequence: (node) => [sequence(node.type(0))],
  SequenceMap: (node) => node.node.output.map(() => sequence(null)),
  SequenceAt: (node) => [tensor(node.type(0), null)],
  SequenceLength: () => [tensor("int64", [])],
  ConcatFromSequence: (node) => [tensor(node.type(0), null)],
  Optional: (node) => [{ type: node.type(0), dims: null, container: "optional" }],
  OptionalHasElement: () => [tensor("bool", [])],
  OptionalGetElement: (node) => [optionalElement(node)],
};

function sequence(type: Facts["type"]): Facts {
  return { type, dims: null, container: "sequence" };
}

/** Whether the element is a tensor or a sequence is not recorded; since opset 18 a plain tensor may be given, too. */
function optionalElement(node: NodeView): Facts {
  return node.input(0).container === "optional" ? unknownFacts : node.input(0);
}
