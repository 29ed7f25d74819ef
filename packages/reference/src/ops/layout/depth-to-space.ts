import { transposed } from "../../math/matrix-product.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

/** Blocks of channels become blocks of pixels; DCR takes the block as the outer part of the channels, CRD as the inner. */
function depthToSpace(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const size = call.attributes.int("blocksize", 1);
  const [n, c, h, w] = x.dims as [number, number, number, number];
  const channels = c / (size * size);
  const crd = call.attributes.string("mode", "DCR") === "CRD";
  const split = value64(x.type, crd ? [n, channels, size, size, h, w] : [n, size, size, channels, h, w], x.data);
  const moved = transposed(split, crd ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return [value64(x.type, [n, channels, h * size, w * size], moved.data)];
}

function spaceToDepth(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const size = call.attributes.int("blocksize", 1);
  const [n, c, h, w] = x.dims as [number, number, number, number];
  const split = value64(x.type, [n, c, h / size, size, w / size, size], x.data);
  const crd = call.attributes.string("mode", "DCR") === "CRD";
  return [value64(x.type, [n, c * size * size, h / size, w / size], transposed(split, crd ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]).data)];
}

/** Channels as pixels and back. */
export const depthToSpaceOperators: OperatorTable = { DepthToSpace: depthToSpace, SpaceToDepth: spaceToDepth };
