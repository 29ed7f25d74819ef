import type { Model, ValueInfo } from "@xdeep/core";
import { isFloatType } from "@xdeep/core/method";

/** What is looked at of a model. */
export type TextModel = Pick<Model, "inputs" | "defaultWrt">;

/** The inputs [N, tokens] that a text goes to. */
export interface TextInputs {
  readonly ids: ValueInfo;
  /** 1 for tokens, 0 for padding. */
  readonly mask: ValueInfo | null;
  /** Of the first text or the second: all 0 for one. */
  readonly types: ValueInfo | null;
  /** 0, 1, 2, … */
  readonly positions: ValueInfo | null;
}

/** `attention_mask`, `input_mask:0`; `token_type_ids`, `segment_ids`; `position_ids`. Any other name is that of the tokens. */
const NAMES: Readonly<Record<Exclude<keyof TextInputs, "ids">, RegExp>> = { mask: /mask/i, types: /type|segment/i, positions: /position/i };

/**
 * Tells by their names which inputs of a model take which part of a text. Null where it takes no text: where an input has other axes than [N, tokens], or
 * several could be that of the tokens, or the only one holds floats and no embedding reads it.
 */
export function textInputs({ inputs, defaultWrt }: TextModel): TextInputs | null {
  const roleOf = ({ name }: ValueInfo): keyof TextInputs => (Object.keys(NAMES) as (keyof typeof NAMES)[]).find((role) => NAMES[role].test(name)) ?? "ids";
  const of = (role: keyof TextInputs): readonly ValueInfo[] => inputs.filter((input) => roleOf(input) === role);
  const [ids, mask, types, positions] = [of("ids"), of("mask"), of("types"), of("positions")];
  const [tokens] = ids;
  const isClear = ids.length === 1 && [mask, types, positions].every((found) => found.length <= 1);
  if (!isClear || tokens === undefined || !inputs.every(({ dims }) => dims.length === 2)) return null;
  // TensorFlow.js has inputs of floats before embeddings; models say then that these are explained.
  if (isFloatType(tokens.type) && defaultWrt === undefined) return null;
  return { ids: tokens, mask: mask[0] ?? null, types: types[0] ?? null, positions: positions[0] ?? null };
}
