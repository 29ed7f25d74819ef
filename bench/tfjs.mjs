// Gradient over forward time of ResNet-18 and MobileNetV2 on TensorFlow.js, measured side by side.
// Usage, after a build: node bench/tfjs.mjs [engine] [runs]
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../packages/tfjs/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const tf = await load("@tensorflow/tfjs-core");
const { initializers, input, layers, model: makeModel } = await load("@tensorflow/tfjs-layers");
const { loadModel } = await import(new URL("../packages/tfjs/dist/index.js", import.meta.url));

const [engine = "wasm", runs = "11"] = process.argv.slice(2);
const backend = { wasm: "@tensorflow/tfjs-backend-wasm", cpu: "@tensorflow/tfjs-backend-cpu" }[engine];
await load(backend);
await tf.setBackend(engine);

let seed = 0;
const he = () => initializers.heNormal({ seed: (seed += 1) });
const batchNorm = () => layers.batchNormalization({ movingVarianceInitializer: "ones" });

function convolution(x, filters, kernelSize, strides = 1) {
  return layers.conv2d({ filters, kernelSize, strides, padding: "same", useBias: false, kernelInitializer: he() }).apply(x);
}

function resnet18() {
  const image = input({ shape: [224, 224, 3] });
  const relu = (x) => layers.reLU().apply(x);
  const normal = (x) => batchNorm().apply(x);
  let x = relu(normal(convolution(image, 64, 7, 2)));
  x = layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(x);
  for (const [filters, stride] of [
    [64, 1],
    [128, 2],
    [256, 2],
    [512, 2],
  ]) {
    for (const step of [stride, 1]) {
      const main = normal(convolution(relu(normal(convolution(x, filters, 3, step))), filters, 3));
      const shortcut = step === 1 && x.shape[3] === filters ? x : normal(convolution(x, filters, 1, step));
      x = relu(layers.add().apply([main, shortcut]));
    }
  }
  x = layers.globalAveragePooling2d({}).apply(x);
  return makeModel({ inputs: image, outputs: layers.dense({ units: 1000, kernelInitializer: he() }).apply(x) });
}

function mobilenetV2() {
  const image = input({ shape: [224, 224, 3] });
  const relu6 = (x) => layers.reLU({ maxValue: 6 }).apply(x);
  const normal = (x) => batchNorm().apply(x);
  const depthwise = (x, strides) => layers.depthwiseConv2d({ kernelSize: 3, strides, padding: "same", useBias: false, depthwiseInitializer: he() }).apply(x);
  let x = relu6(normal(convolution(image, 32, 3, 2)));
  for (const [expansion, filters, count, stride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ]) {
    for (let i = 0; i < count; i++) {
      const step = i === 0 ? stride : 1;
      const channels = x.shape[3];
      const wide = expansion === 1 ? x : relu6(normal(convolution(x, channels * expansion, 1)));
      const narrow = normal(convolution(relu6(normal(depthwise(wide, step))), filters, 1));
      x = step === 1 && channels === filters ? layers.add().apply([x, narrow]) : narrow;
    }
  }
  x = layers.globalAveragePooling2d({}).apply(relu6(normal(convolution(x, 1280, 1))));
  return makeModel({ inputs: image, outputs: layers.dense({ units: 1000, kernelInitializer: he() }).apply(x) });
}

async function timed(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const [name, build, bar] of [
  ["ResNet-18", resnet18, 3],
  ["MobileNetV2", mobilenetV2, 4],
]) {
  const network = build();
  const model = await loadModel(network);
  const data = Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => Math.sin(i));
  const feeds = { [model.inputs[0].name]: { type: "float32", dims: [1, 224, 224, 3], data } };
  const times = { forward: [], gradient: [] };
  for (let i = 0; i < Number(runs) + 2; i++) {
    const forward = await timed(() => model.forward({ feeds }));
    const gradient = await timed(() => model.vjp({ feeds, target: 7 }));
    if (i < 2) continue;
    times.forward.push(forward);
    times.gradient.push(gradient);
  }
  const ratio = median(times.gradient.map((time, i) => time / times.forward[i]));
  console.log(
    `${name}, ${model.engine}: forward ${median(times.forward).toFixed(0)} ms, gradient ${median(times.gradient).toFixed(0)} ms, ratio ${ratio.toFixed(2)} (bar ${bar})`,
  );
  await model.dispose();
  network.dispose();
}
