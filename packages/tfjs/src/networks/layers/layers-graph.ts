import type { LayersModel, SymbolicTensor, layers as layerTypes } from "@tensorflow/tfjs-layers";

type Layer = layerTypes.Layer;

/** One call of a layer. Values are numbered through the network. */
export interface LayerCall {
  readonly layer: Layer;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** A LayersModel with the models inside it laid out: its calls in the order in which they run. */
export interface LayersGraph {
  readonly calls: readonly LayerCall[];
  /** Values of the model's inputs and outputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Symbolic tensors by value. */
  readonly values: readonly SymbolicTensor[];
  /** Names by value: "layer" for what a layer gives first, "layer:1" for its next result, "model/layer" inside a model that is a layer. */
  readonly names: ReadonlyMap<number, string>;
  /** Values by every name that may be written, "layer:0" and names of inner models included. */
  readonly known: ReadonlyMap<string, number>;
}

/** Lays out a model. Its layers are not called. */
export function layersGraph(model: LayersModel): LayersGraph {
  const calls: LayerCall[] = [];
  const values: SymbolicTensor[] = [];
  const names = new Map<number, string>();
  const known = new Map<string, number>();
  const counts = new Map<string, number>();
  const inputs = model.inputs.map((input) => values.push(input) - 1);
  const outputs = layOut(model, inputs, "");
  return { calls, inputs, outputs, values, names, known };

  function layOut(container: LayersModel, given: readonly number[], prefix: string): readonly number[] {
    const numbers = new Map<SymbolicTensor, number>(container.inputs.map((input, i) => [input, given[i]!]));
    const numberOf = (value: SymbolicTensor): number => {
      const seen = numbers.get(value);
      if (seen !== undefined) return seen;
      const layer = value.sourceLayer;
      const { inputTensors, outputTensors } = layer.inboundNodes[value.nodeIndex]!;
      // The last input first, as TensorFlow.js runs them: a mask that one layer leaves behind is read by the next.
      const from = inputTensors.toReversed().map(numberOf).toReversed();
      const name = `${prefix}${layer.name}`;
      const made = isContainer(layer) ? layOut(layer, from, `${name}/`) : call(layer, from, outputTensors);
      made.forEach((number, i) => {
        numbers.set(outputTensors[i]!, number);
        register(name, number, !isContainer(layer));
      });
      return numbers.get(value)!;
    };
    return container.outputs.map(numberOf);
  }

  function call(layer: Layer, from: readonly number[], made: readonly SymbolicTensor[]): readonly number[] {
    const numbers = made.map((value) => values.push(value) - 1);
    calls.push({ layer, inputs: from, outputs: numbers });
    return numbers;
  }

  function register(base: string, number: number, isOwn: boolean): void {
    const place = counts.get(base) ?? 0;
    counts.set(base, place + 1);
    const name = place === 0 ? base : `${base}:${place}`;
    if (isOwn) names.set(number, name);
    known.set(`${base}:${place}`, number);
    known.set(name, number);
  }
}

/** Models are laid out; a subclass with a `call` of its own counts as one layer. */
function isContainer(layer: Layer): layer is LayersModel {
  const candidate = layer as Partial<LayersModel> & Layer;
  return Array.isArray(candidate.layers) && Array.isArray(candidate.inputs) && ["Model", "Functional", "Sequential"].includes(layer.getClassName());
}
