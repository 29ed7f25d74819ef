import { expect, it } from "vitest";

import { modelProto } from "../files/model-proto.ts";
import { declareDims } from "./declare-dims.ts";
import type { Dim } from "./facts.ts";
import { valueInfoProto } from "./value-info.ts";

const inputs: readonly (readonly [string, readonly Dim[]])[] = [
  ["sound", ["batch", "samples"]],
  ["state", [2, "batch", 128]],
  ["other", ["rows", null]],
];
const model = modelProto({ inputs: inputs.map(([name, dims]) => valueInfoProto(name, "float32", dims)), outputs: [], nodes: [] });

it.each<[string, readonly Dim[], readonly Dim[]]>([
  ["a new name", ["N", 512], [2, "N", 128]],
  ["a number", [1, 512], [2, 1, 128]],
  ["nothing", [null, 512], [2, "batch", 128]],
])("sizes of other inputs that go by the same name follow %s", (_, given, state) => {
  const declared = declareDims(model, { sound: given });
  expect(declared.graph!.input).toEqual([
    valueInfoProto("sound", "float32", given),
    valueInfoProto("state", "float32", state),
    valueInfoProto("other", "float32", ["rows", null]),
  ]);
});
