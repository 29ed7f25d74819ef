import { Backprop } from "@xdeep/guided";
import { readModel, tensorProto, withFields } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";

import { checkPortable, exportExplainer, exportExplainerFiles } from "../src/index.ts";
import { oneFile } from "../src/one-file.ts";
import { convNet, pictures } from "./networks.ts";
import { runFile } from "./run-file.ts";

it("what one file cannot hold is refused before it is put together", () => {
  // Zeros that nobody reads take no memory.
  const tensor = withFields(tensorProto("w", { type: "float32", dims: [1], data: Float32Array.of(0) }), { rawData: new Uint8Array(2 ** 27) });
  const proto = convNet();
  const large = withFields(proto, { graph: withFields(proto.graph!, { initializer: Array.from({ length: 17 }, () => tensor) }) });
  expect(() => oneFile(large)).toThrow(
    expect.objectContaining({ code: "MODEL_UNSUPPORTED", message: expect.stringMatching(/2\.13 GiB.*exportExplainerFiles/) }),
  );
});

it("two files give what one gives", async () => {
  const model = await loadModel(convNet());
  const { method } = new Backprop(model);
  const { bytes, location, data } = await exportExplainerFiles(model, method, { location: "explain.onnx.data", target: 1 });
  expect(
    readModel(bytes)
      .graph!.initializer.map(({ rawData }) => rawData.length)
      .every((length) => length < 1024),
  ).toBe(true);
  expect(checkPortable(bytes).map(({ rule }) => rule)).toContain("external-data");
  const session = await ort.InferenceSession.create(bytes, { externalData: [{ path: location, data: Buffer.concat(data) }] });
  const image = pictures(2);
  const found = await session.run({ image: new ort.Tensor("float32", image.data as Float32Array, image.dims) });
  const single = await runFile(await exportExplainer(model, method, { target: 1 }), { image });
  for (const [name, tensor] of Object.entries(single)) expect(found[name]!.data).toEqual(tensor.data);
  await Promise.all([session.release(), model.dispose()]);
});
