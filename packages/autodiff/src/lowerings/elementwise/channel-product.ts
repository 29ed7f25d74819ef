import { type NodeProto, type Value, nodeProto } from "@xdeep/onnx";
import { mulRule } from "../../rules/arithmetic/mul.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import type { PullbackContext } from "../../sweep/rule.ts";
import { blockedImage, eachChannel, upsampled } from "../convolutions/blocked.ts";

/**
 * Mul(x, s) with one factor per channel, the gate of squeeze-and-excitation: s is upsampled to the image, in the forward pass too, so that all
 * products have factors of equal dims and stay in the blocked layout; x̄ = ȳ s, s̄ = mean(ȳ x) H W.
 *
 * EfficientNet-B0, where dims are declared: 25.1 → 23.5 ms. A forward pass without a gradient is faster as it was.
 */
export const channelProduct: Lowering = {
  name: "channel-product",
  rule: mulRule,
  pullback: function channelProductPullback(context) {
    const { g, node, input, output, cotangent, wants, around } = context;
    const image = blockedImage(output(0));
    const at = [0, 1].find((i) => isPerChannel(context, i as 0 | 1));
    if (image === null || at === undefined || around.replaced === null || around.replaced.has(node)) return null;
    const [x, s] = [input(1 - at), input(at)];
    const forward = g.subgraph();
    const spread = upsampled(forward, eachChannel(forward, s, { kernel: [[1]] }), image.height, image.width);
    g.initializers.push(...forward.initializers);
    for (const [name, facts] of forward.facts) g.facts.set(name, facts);
    around.replaced.set(node, [...forward.nodes, product(node, x, spread)]);
    const dx = wants(1 - at) ? g.mul(cotangent(0), spread) : null;
    const scale = { kernel: [[image.height * image.width]] };
    const ds = wants(at) ? eachChannel(g, g.op("GlobalAveragePool", [g.mul(cotangent(0), x)]), scale) : null;
    return at === 0 ? [ds, dx] : [dx, ds];
  },
};

function product(node: NodeProto, x: Value, spread: Value): NodeProto {
  return nodeProto("Mul", [x.name, spread.name], node.output, {}, { name: node.name });
}

/** Whether factor i is [N, C, 1, 1] against [N, C, H, W]. */
function isPerChannel({ input }: PullbackContext, i: 0 | 1): boolean {
  const [s, x] = [input(i).facts, input(1 - i).facts];
  const [batch, channels, ...space] = s.dims ?? [];
  const image = blockedImage(input(1 - i));
  const same = batch !== null && batch === x.dims?.[0] && channels === image?.channels;
  return image !== null && same && s.type === "float32" && space.length === 2 && space.every((dim) => dim === 1) && image.height * image.width > 1;
}
