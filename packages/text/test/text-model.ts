import { readFileSync } from "node:fs";

import { float32, sizeOf } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { type ModelProto, type TensorProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";

interface Line {
  readonly tokenizer: Readonly<Record<string, unknown>>;
}

const [line] = readFileSync(new URL("tokenizers.jsonl", import.meta.url), "utf8").split("\n");

/** Of WordPiece, as `tokenizer.json` has it. */
export const tokenizer: Line["tokenizer"] = (JSON.parse(line!) as Line).tokenizer;

/** input_ids, token_type_ids → the vectors of both, those of the types first → tanh of their sum → mean → scores [N, 2]. */
export function textModel(): ModelProto {
  const weights = (name: string, seed: number, dims: readonly number[]): TensorProto =>
    tensorProto(name, float32(dims, Float32Array.from(createNoise(seed).next(sizeOf(dims)))));
  return modelProto({
    nodes: [
      nodeProto("Gather", ["kinds", "token_type_ids"], ["kind"]),
      nodeProto("Gather", ["table", "input_ids"], ["embedded"]),
      nodeProto("Add", ["embedded", "kind"], ["sum"]),
      nodeProto("Tanh", ["sum"], ["bent"]),
      nodeProto("ReduceMean", ["bent"], ["pooled"], { axes: [1], keepdims: 0 }),
      nodeProto("Gemm", ["pooled", "w"], ["scores"]),
    ],
    inputs: ["input_ids", "token_type_ids"].map((name) => valueInfoProto(name, "int64", ["N", "tokens"])),
    outputs: [valueInfoProto("scores", "float32", ["N", 2])],
    initializers: [weights("kinds", 1, [2, 4]), weights("table", 2, [400, 4]), weights("w", 3, [4, 2])],
    opset: 17,
  });
}
