import type { ForwardRequest, ForwardResult, Model, ValueInfo, VjpRequest, VjpResult } from "@xdeep/core";
import { delegateTo } from "@xdeep/core/backend";

/** A model whose inner values are called as the layers of a fixture are, whatever the backend calls them. */
export function renameValues(model: Model, layers: readonly string[], nameOf: (layer: string) => string): Model {
  const known = new Set([...model.inputs, ...model.outputs].map(({ name }) => name));
  const theirs = new Map(layers.filter((layer) => !known.has(layer)).map((layer) => [layer, nameOf(layer)]));
  const ours = new Map([...theirs].map(([layer, name]) => [name, layer]));
  const inward = (name: string): string => theirs.get(name) ?? name;
  const outward = (name: string): string => ours.get(name) ?? name;
  const rename = <T>(record: Readonly<Record<string, T>>, to: (name: string) => string): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [to(name), value]));
  const renameRequest = <R extends ForwardRequest & Pick<VjpRequest, "reference" | "wrt">>(request: R): R => ({
    ...request,
    feeds: rename(request.feeds, inward),
    ...(request.output === undefined ? {} : { output: inward(request.output) }),
    ...(request.outputs === undefined ? {} : { outputs: request.outputs.map(inward) }),
    ...(request.wrt === undefined ? {} : { wrt: request.wrt.map(inward) }),
    ...(request.reference === undefined ? {} : { reference: rename(request.reference, inward) }),
  });
  const renameResult = <R extends ForwardResult | VjpResult>(result: R): R => ({
    ...result,
    output: outward(result.output),
    outputs: rename(result.outputs, outward),
    ...("gradients" in result ? { gradients: rename(result.gradients, outward) } : {}),
    ...("perTarget" in result && result.perTarget !== undefined
      ? { perTarget: result.perTarget.map((one) => ({ ...one, gradients: rename(one.gradients, outward) })) }
      : {}),
  });
  const renameInfo = <I extends ValueInfo>(info: I): I => ({ ...info, name: outward(info.name) });
  const theirOutput = (request: Pick<ForwardRequest, "output"> = {}): Pick<ForwardRequest, "output"> =>
    request.output === undefined ? request : { output: inward(request.output) };
  return {
    ...delegateTo(model),
    ...(model.layers === undefined ? {} : { layers: async (request) => (await model.layers!(theirOutput(request))).map(renameInfo) }),
    ...(model.attention === undefined ? {} : { attention: async () => (await model.attention!()).map(renameInfo) }),
    defaultWrt: model.defaultWrt?.map(outward),
    entryValues: model.entryValues?.map(outward),
    forward: async (request) => renameResult(await model.forward(renameRequest(request))),
    vjp: async (request) => renameResult(await model.vjp(renameRequest(request))),
  };
}
