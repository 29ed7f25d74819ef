import { expect, it } from "vitest";

import { fileStems, safeName } from "./file-stem.ts";

it("gives every file a name of its own", () => {
  expect(fileStems(["a/cat.png", "b/cat.jpg", "dog.tar.gz"])).toEqual(["cat", "cat-2", "dog.tar"]);
  expect(fileStems(["cat.png", "cat-2.png", "cat.jpg"])).toEqual(["cat", "cat-2", "cat-3"]);
});

it("makes names of values fit for files", () => {
  expect(safeName("/embeddings/Gather_output_0")).toBe("embeddings_Gather_output_0");
  expect(safeName("conv1:0")).toBe("conv1_0");
  expect(safeName("///")).toBe("value");
});
