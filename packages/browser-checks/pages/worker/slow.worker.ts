import { analyticModel, randomLayers } from "@xdeep/test-models";
import { serve } from "@xdeep/worker/serve";

/** Runs block the worker for as many milliseconds as the first element of the input says; −98 and −99 end it in two ways. */
serve((fail?: string) => {
  if (fail === "load") {
    self.close();
    return new Promise(() => undefined);
  }
  const model = analyticModel({ inputs: [{ name: "x", dims: [4] }], layers: randomLayers([4, 8, 3], "relu") });
  const blocking =
    <Q extends { readonly feeds: Readonly<Record<string, { readonly data: ArrayLike<unknown> }>> }, R>(run: (request: Q) => Promise<R>) =>
    async (request: Q): Promise<R> => {
      const first = Number(request.feeds["x"]?.data[0] ?? 0);
      if (first === -99) self.close();
      if (first === -98) setTimeout(() => JSON.parse("an error that nobody catches"));
      if (first <= -98) return new Promise(() => undefined);
      const until = performance.now() + Math.max(0, first);
      while (performance.now() < until);
      return run(request);
    };
  return { ...model, forward: blocking(model.forward), vjp: blocking(model.vjp) };
});
