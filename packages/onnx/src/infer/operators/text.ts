import { broadcast } from "./elementwise.ts";
import { type InferenceRules, tensor } from "../rule.ts";

/** Operators on strings. */
export const textRules: InferenceRules = {
  StringConcat: (node) => [broadcast(node, "string", null)],
  StringSplit: (node) => [tensor("string", node.dims(0) && [...(node.dims(0) ?? []), null]), tensor("int64", node.dims(0))],
  StringNormalizer: (node) => [tensor("string", node.dims(0)?.with(-1, null) ?? null)],
  RegexFullMatch: (node) => [tensor("bool", node.dims(0))],
  TfIdfVectorizer: (node) => {
    const columns = Math.max(-1, ...node.attributes.ints("ngram_indexes", [])) + 1;
    return [tensor("float32", node.dims(0) && [...(node.dims(0) ?? []).slice(0, -1), columns])];
  },
};
