import { type Model, type ValueInfo, XDeepError } from "@xdeep/core";
import type { GraphBuilder, Value } from "@xdeep/onnx";

/** Raw pixels in place of a picture input: [N, H, W, C], 0…255. The file itself makes of them what the model was trained on. */
export interface PixelInput {
  /** Default "int32", which every place can feed; "uint8" is a quarter of the bytes, and SynapseML cannot. */
  readonly type?: "int32" | "uint8" | undefined;
  /** The input that they stand for. Default: the model's only picture. */
  readonly input?: string | undefined;
  /** Order of the model's channels; pixels come as red, green, blue, or with one channel for "grey". Default "rgb". */
  readonly channels?: "rgb" | "bgr" | "grey" | undefined;
  /** The model takes (pixel · scale − mean) / std. Default 1. */
  readonly scale?: number | undefined;
  /** One number, or one per channel of the model. Default 0. */
  readonly mean?: number | readonly number[] | undefined;
  /** One number, or one per channel of the model. Default 1. */
  readonly std?: number | readonly number[] | undefined;
}

/** What stands in front of the network. */
export interface PixelFront {
  /** The model's input that it makes. */
  readonly replaced: string;
  readonly pixels: Value;
  readonly value: Value;
}

/**
 * Writes the way from pixels to the model's input: scaled, centred, its channels in order, its axes moved.
 *
 * @throws {XDeepError} OPTION_INVALID where there is no such picture input, or the values do not fit its channels
 */
export function pixelFront(g: GraphBuilder, model: Model, options: PixelInput, batch: string): PixelFront {
  const { type = "int32", channels = "rgb", scale = 1, mean = 0, std = 1 } = options;
  const info = pictureInput(model, options.input);
  const [height, width, count] = info.layout === "NHWC" ? info.dims.slice(1) : [info.dims[2], info.dims[3], info.dims[1]];
  if (![height, width].every((side) => typeof side === "number") || count !== (channels === "grey" ? 1 : 3)) {
    const message = `Input "${info.name}" has dims [${info.dims.map((dim) => dim ?? "?").join(", ")}], ${info.layout}: pixels need a fixed height and width, and ${channels === "grey" ? "1 channel" : "3 channels"} for "${channels}".`;
    throw new XDeepError("OPTION_INVALID", message, { details: { option: "pixels", input: info.name, dims: info.dims } });
  }
  const pixels: Value = { name: g.freshName("pixels"), facts: { type, dims: [batch, height as number, width as number, count] } };
  const ordered = channels === "bgr" ? g.gather(g.cast(pixels, "float32"), g.ints([2, 1, 0]), 3) : g.cast(pixels, "float32");
  const perChannel = (values: number | readonly number[], option: string): Value => channelValues(g, values, count, option);
  const centred = g.sub(g.scale(ordered, scale), perChannel(mean, "mean"));
  const scaled = g.div(centred, perChannel(std, "std"));
  return { replaced: info.name, pixels, value: info.layout === "NHWC" ? scaled : g.transpose(scaled, [0, 3, 1, 2]) };
}

function pictureInput({ inputs }: Model, name: string | undefined): ValueInfo {
  const pictures = inputs.filter(({ layout, type }) => layout !== null && type === "float32");
  const found = name === undefined ? (pictures.length === 1 ? pictures[0] : undefined) : pictures.find((input) => input.name === name);
  if (found !== undefined) return found;
  const listed =
    pictures.length === 0 ? "none of its inputs is a picture of known layout" : `its pictures are ${pictures.map((input) => `"${input.name}"`).join(", ")}`;
  throw new XDeepError(
    "OPTION_INVALID",
    `Pixels stand for a picture input of the model, and ${listed}. ${name === undefined ? "Name one as `input`." : `"${name}" is none.`}`,
    {
      details: { option: "pixels", pictures: pictures.map((input) => input.name) },
    },
  );
}

function channelValues(g: GraphBuilder, values: number | readonly number[], count: number, option: string): Value {
  const list = typeof values === "number" ? Array.from({ length: count }, () => values) : values;
  if (list.length === count && list.every((value) => Number.isFinite(value) && (option !== "std" || value > 0))) {
    return g.constant({ type: "float32", dims: [1, 1, 1, count], data: Float32Array.from(list) }, option);
  }
  throw new XDeepError(
    "OPTION_INVALID",
    `pixels: ${option} is a number, or one for each of the ${count} channels${option === "std" ? ", above 0" : ""}; got ${JSON.stringify(values)}.`,
    {
      details: { option, got: values },
    },
  );
}
