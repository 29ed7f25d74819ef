import { axisView } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** Reverses the first `length` steps of each sequence. */
function reverseSequence(call: OperatorCall): readonly Value64[] {
  const [x, lengths] = [call.input(0), call.input(1)];
  const [batchAxis, timeAxis] = [call.attributes.int("batch_axis", 1), call.attributes.int("time_axis", 0)];
  const [batch, time] = [axisView(x.dims, batchAxis), axisView(x.dims, timeAxis)];
  return [
    value64(
      x.type,
      x.dims,
      x.data.map((_, i) => {
        const length = lengths.data[Math.floor(i / batch.inner) % batch.size]!;
        const step = Math.floor(i / time.inner) % time.size;
        return x.data[step < length ? i + (length - 1 - 2 * step) * time.inner : i]!;
      }),
    ),
  ];
}

/** Sequences backwards. */
export const reverseSequenceOperators: OperatorTable = { ReverseSequence: reverseSequence };
