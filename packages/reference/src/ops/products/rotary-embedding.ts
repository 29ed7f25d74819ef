import { transposed } from "../../math/matrix-product.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

interface Rotation {
  readonly cos: Value64;
  readonly sin: Value64;
  /** Row of the caches for a token. */
  readonly row: (batch: number, step: number) => number;
}

/** Turns pairs of elements of each head by an angle that the position gives (Su et al. 2021, arXiv:2104.09864). */
function rotated(call: OperatorCall, x: Value64, heads: number, { cos, sin, row }: Rotation): Value64 {
  const [batch, steps, size] = [x.dims[0]!, x.dims[1]!, x.data.length / (x.dims[0]! * x.dims[1]! * heads)];
  const turning = call.attributes.int("rotary_embedding_dim", 0) || size;
  const half = turning / 2;
  const interleaved = call.flag("interleaved");
  const data = x.data.slice();
  for (let token = 0; token < batch * steps; token++) {
    const angles = row(Math.floor(token / steps), token % steps) * half;
    for (let head = 0; head < heads; head++) {
      const start = (token * heads + head) * size;
      for (let i = 0; i < half; i++) {
        const [first, second] = interleaved ? [start + 2 * i, start + 2 * i + 1] : [start + i, start + half + i];
        const [a, b, c, s] = [x.data[first]!, x.data[second]!, cos.data[angles + i]!, sin.data[angles + i]!];
        data[first] = c * a - s * b;
        data[second] = s * a + c * b;
      }
    }
  }
  return value64(x.type, x.dims, data);
}

/** Works on [batch, steps, heads, size], whatever the layout of the input: [B, H, S, D] or [B, S, H · D]. */
function inTokenLayout(x: Value64, heads: number, f: (x: Value64, heads: number) => Value64): Value64 {
  return x.dims.length === 4 ? transposed(f(transposed(x, [0, 2, 1, 3]), x.dims[1]!), [0, 2, 1, 3]) : f(x, heads);
}

function rotaryEmbedding(call: OperatorCall): readonly Value64[] {
  const [cos, sin, positions] = [call.input(1), call.input(2), call.optional(3)];
  return [
    inTokenLayout(call.input(0), call.attributes.int("num_heads", 0), (x, heads) => {
      const steps = x.dims[1]!;
      return rotated(call, x, heads, { cos, sin, row: (b, s) => positions?.data[b * steps + s] ?? b * steps + s });
    }),
  ];
}

/** The contributed form: positions come second, and one position stands for the first token of every sequence. */
function microsoftRotaryEmbedding(call: OperatorCall): readonly Value64[] {
  const [positions, cos, sin] = [call.input(1), call.input(2), call.input(3)];
  const turning = call.attributes.int("rotary_embedding_dim", 0);
  const first = call.input(0);
  const size = first.dims.length === 4 || turning > 0 ? 0 : cos.dims[1]! * 2;
  const given = call.attributes.int("num_heads", 0);
  const heads = given > 0 ? given : size > 0 ? first.dims[2]! / size : 1;
  return [
    inTokenLayout(first, heads, (x, count) => {
      const steps = x.dims[1]!;
      return rotated(call, x, count, { cos, sin, row: (b, s) => (positions.data.length === 1 ? positions.data[0]! + s : positions.data[b * steps + s]!) });
    }),
  ];
}

/** Rotary position embedding. */
export const rotaryEmbeddingOperators: OperatorTable = { RotaryEmbedding: rotaryEmbedding, "com.microsoft.RotaryEmbedding": microsoftRotaryEmbedding };
