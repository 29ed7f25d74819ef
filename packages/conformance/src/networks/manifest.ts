import type { Capabilities, Model } from "@xdeep/core";

import type { Fixture } from "./fixture.ts";
import type { ImageLayout } from "./relayout.ts";

/** A case that fails, and why. The suite fails when it passes after all. */
export interface KnownFailure {
  /** Id of the case, such as "vjp/max-pool/ties". */
  readonly case: string;
  readonly reason: string;
  /** Where the failure is tracked. */
  readonly issue?: string | number;
}

/** A network that the backend cannot load, and why. The suite fails when it loads after all. */
export interface UnsupportedFixture {
  /** Id of the fixture, such as "layer-norm". */
  readonly fixture: string;
  readonly reason: string;
}

/** What a backend declares of itself. Every statement is proved, the yes and the no. */
export interface Manifest {
  /** What the backend is called in reports, such as "onnxruntime-node". */
  readonly name: string;
  /** Where it runs, such as the browser and the device: for people who read the report. Default: Node. */
  readonly environment?: string;
  /** Loads the form of a fixture that the backend reads; null where it cannot. A fresh model on every call: each case has its own. */
  createModel(fixture: Fixture): Promise<Model | null>;
  /** Must be equal to those of the models. */
  readonly capabilities: Omit<Capabilities, "preferredBatch">;
  /** How images reach the models: "NCHW" (the default) for `onnx()` and `evaluate`, "NHWC" for `layersModel()`. */
  readonly layout?: ImageLayout;
  readonly unsupported?: readonly UnsupportedFixture[];
  readonly knownFailures?: readonly KnownFailure[];
  /** For engines of lower precision: multiplies every tolerance, which is 1e-5 of the largest value on a CPU and 2e-3 on a GPU. */
  readonly tolerance?: { readonly factor: number; readonly reason: string };
  /** Milliseconds that a case may take before it fails. A call that blocks its thread for good stops the run all the same. Default 20,000. */
  readonly timeout?: number;
  /** The backend's name of a layer's result, where that is not the layer's own name. For backends with inner values. */
  readonly innerValueName?: (layer: string) => string;
}
