import { type LayersModel, type SymbolicTensor, initializers, input, layers, model, sequential } from "@tensorflow/tfjs-layers";

/** Small networks of tfjs-layers with seeded weights, one per structure that people use. */
export const LAYERS_MODELS: Readonly<Record<string, () => LayersModel>> = {
  "convolutions, pooling, dense softmax": () =>
    sequential({
      layers: [
        layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, padding: "same", activation: "relu", ...weights(1) }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, activation: "elu", ...weights(2) }),
        layers.flatten(),
        layers.dense({ units: 4, activation: "softmax", ...weights(3) }),
      ],
    }),
  "depthwise, dilated and strided": () =>
    sequential({
      layers: [
        layers.depthwiseConv2d({
          inputShape: [9, 9, 3],
          kernelSize: 3,
          strides: 2,
          padding: "same",
          depthMultiplier: 2,
          depthwiseInitializer: initializers.glorotNormal({ seed: 1 }),
        }),
        layers.activation({ activation: "tanh" }),
        layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: "same", ...weights(2) }),
        layers.separableConv2d({
          filters: 4,
          kernelSize: 2,
          depthwiseInitializer: initializers.glorotNormal({ seed: 3 }),
          pointwiseInitializer: initializers.glorotNormal({ seed: 4 }),
        }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 3, ...weights(5) }),
      ],
    }),
  "batch normalization in all variants": () =>
    sequential({
      layers: [
        layers.conv2d({ inputShape: [6, 6, 2], filters: 4, kernelSize: 3, useBias: false, ...weights(1) }),
        layers.batchNormalization(normalization(2)),
        layers.activation({ activation: "sigmoid" }),
        layers.batchNormalization({ ...normalization(3), scale: false }),
        layers.batchNormalization({ ...normalization(4), center: false }),
        layers.batchNormalization({ ...normalization(5), scale: false, center: false }),
        layers.flatten(),
        layers.dense({ units: 3, ...weights(6) }),
      ],
    }),
  "residual with average pooling": () => {
    const image = input({ shape: [6, 6, 4] });
    const main = layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "tanh", ...weights(1) }).apply(image);
    const sum = layers.add().apply([main as SymbolicTensor, image]);
    const pooled = layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(sum);
    return model({ inputs: image, outputs: layers.dense({ units: 3, ...weights(2) }).apply(layers.flatten().apply(pooled)) as SymbolicTensor });
  },
  "leaky, parametric and exponential units": () =>
    sequential({
      layers: [
        layers.dense({ inputShape: [6], units: 8, ...weights(1) }),
        layers.leakyReLU({ alpha: 0.2 }),
        layers.dense({ units: 8, ...weights(2) }),
        layers.prelu({ alphaInitializer: initializers.randomUniform({ minval: 0.1, maxval: 0.5, seed: 3 }) }),
        layers.dense({ units: 8, activation: "selu", ...weights(4) }),
        layers.dense({ units: 8, activation: "softplus", ...weights(5) }),
        layers.layerNormalization(),
        layers.dense({ units: 1, activation: "sigmoid", ...weights(6) }),
      ],
    }),
  "two inputs": () => {
    const [a, b] = [input({ shape: [4], name: "left" }), input({ shape: [4], name: "right" })];
    const product = layers.multiply().apply([layers.dense({ units: 4, activation: "tanh", ...weights(1) }).apply(a) as SymbolicTensor, b]);
    const both = layers.concatenate().apply([product as SymbolicTensor, a]);
    return model({ inputs: [a, b], outputs: layers.dense({ units: 3, ...weights(2) }).apply(both) as SymbolicTensor });
  },
  "upsampling and transposed convolution": () =>
    sequential({
      layers: [
        layers.conv2dTranspose({ inputShape: [4, 4, 2], filters: 3, kernelSize: 3, strides: 2, padding: "same", activation: "tanh", ...weights(1) }),
        layers.upSampling2d({ size: [2, 2] }),
        layers.zeroPadding2d({ padding: 1 }),
        layers.cropping2D({
          cropping: [
            [1, 2],
            [0, 1],
          ],
        }),
        layers.flatten(),
        layers.dense({ units: 2, ...weights(2) }),
      ],
    }),
  "one-dimensional convolution": () =>
    sequential({
      layers: [
        layers.conv1d({ inputShape: [9, 3], filters: 4, kernelSize: 3, activation: "tanh", ...weights(1) }),
        layers.globalMaxPooling1d({}),
        layers.dense({ units: 3, ...weights(2) }),
      ],
    }),
  LSTM: () => sequential({ layers: [layers.lstm({ inputShape: [5, 3], units: 4, ...recurrent(1) }), layers.dense({ units: 3, ...weights(2) })] }),
  GRU: () => sequential({ layers: [layers.gru({ inputShape: [5, 3], units: 4, ...recurrent(1) }), layers.dense({ units: 3, ...weights(2) })] }),
  "bidirectional simple RNN over any length": () =>
    sequential({
      layers: [
        layers.bidirectional({ inputShape: [null, 3], layer: layers.simpleRNN({ units: 4, returnSequences: true, ...recurrent(1) }), mergeMode: "concat" }),
        layers.globalAveragePooling1d({}),
        layers.dense({ units: 3, ...weights(2) }),
      ],
    }),
};

function weights(seed: number): {
  readonly kernelInitializer: ReturnType<typeof initializers.glorotNormal>;
  readonly biasInitializer: ReturnType<typeof initializers.randomUniform>;
} {
  return {
    kernelInitializer: initializers.glorotNormal({ seed }),
    biasInitializer: initializers.randomUniform({ minval: -0.2, maxval: 0.2, seed: seed + 50 }),
  };
}

function recurrent(seed: number): ReturnType<typeof weights> & { readonly recurrentInitializer: ReturnType<typeof initializers.glorotNormal> } {
  return { ...weights(seed), recurrentInitializer: initializers.glorotNormal({ seed: seed + 20 }) };
}

function normalization(seed: number): object {
  const uniform = (offset: number, minval: number, maxval: number): ReturnType<typeof initializers.randomUniform> =>
    initializers.randomUniform({ minval, maxval, seed: seed * 10 + offset });
  return {
    gammaInitializer: uniform(1, 0.5, 1.5),
    betaInitializer: uniform(2, -0.5, 0.5),
    movingMeanInitializer: uniform(3, -0.5, 0.5),
    movingVarianceInitializer: uniform(4, 0.5, 2),
  };
}
