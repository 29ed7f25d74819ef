import { type TensorProto, tensorProto } from "@xdeep/onnx";

/** Constants that bounds are written with, each once. */
export class Constants {
  readonly tensors: TensorProto[] = [];
  readonly #freshName: () => string;
  readonly #names = new Map<string, string>();

  constructor(freshName: () => string) {
    this.#freshName = freshName;
  }

  /** int64 [values.length] */
  ints(...values: readonly (number | bigint)[]): string {
    return this.#named(`ints ${values}`, (name) => tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) }));
  }

  /** float32 [1] */
  float(value: number): string {
    return this.#named(`float ${value}`, (name) => tensorProto(name, { type: "float32", dims: [1], data: Float32Array.of(value) }));
  }

  #named(key: string, make: (name: string) => TensorProto): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#freshName();
    this.tensors.push(make(name));
    this.#names.set(key, name);
    return name;
  }
}
