import type { Tensor } from "@xdeep/core";
import type { RgbImage } from "@xdeep/image";
import type { EncodedText } from "@xdeep/text";

/** What is fed. */
export interface PageInput {
  readonly name: string;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** As the model sees it, where it is a picture. */
  readonly picture: RgbImage | null;
  /** The tokens and words of a sentence, where it is one. */
  readonly text?: (EncodedText & TypedText) | undefined;
}

/** What was typed. */
export interface TypedText {
  readonly sentence: string;
  /** The second of two texts, such as the answer to a question; null for one alone. */
  readonly pair: string | null;
}
