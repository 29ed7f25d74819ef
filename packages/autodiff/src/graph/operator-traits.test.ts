import { opVersions } from "@xdeep/onnx";
import { expect, it } from "vitest";
import * as traits from "./operator-traits.ts";

/** Names that are no operators of ONNX itself: a form of Clip. */
const FORMS = ["Relu6"];

it.each(Object.entries(traits))("%s names operators of ONNX, in order, each once", (_, list) => {
  const names = Symbol.iterator in list ? [...list] : Object.keys(list);
  expect(names.filter((name) => !Object.hasOwn(opVersions, name) && !FORMS.includes(name))).toEqual([]);
  expect(names).toEqual([...new Set(names)].toSorted());
});
