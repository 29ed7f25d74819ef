/** What dropped files are for. */
export interface SortedFiles {
  /** The model among them with the files of its weights; null where there is none. */
  readonly model: { readonly kind: "onnx" | "tfjs"; readonly main: string; readonly files: Readonly<Record<string, File>> } | null;
  readonly picture: File | null;
  /** CSV, JSON or npy with the numbers of an input. */
  readonly numbers: File | null;
  /** A text file with a name for each class, or ImageNet's index. */
  readonly labels: File | null;
  /** The words of a model of tokens, by their numbers: vocab.txt, vocab.json or tokenizer.json of Hugging Face. */
  readonly vocabulary: File | null;
  /** The token of padding and the longest text, beside tokenizer.json. */
  readonly tokenizerConfig: File | null;
  /** How pictures become tensors, as Hugging Face or Teachable Machine writes it. */
  readonly preprocessing: File | null;
  /** Nothing that the page reads. */
  readonly unknown: readonly File[];
  /** Models and pictures beside those that were taken: there is one of each at a time. */
  readonly leftOut: readonly File[];
}

/** What lies beside tokenizers: what is not asked for by its name says nothing here. */
const OF_TOKENIZERS = /^(tokenizer|tokenizer_config|vocab|special_tokens_map|added_tokens|generation_config)\.json$|^(vocab|merges)\.txt$/i;

/** Sorts by name: model files are told by their ending, labels and preprocessing by the names that they have beside models. */
export function sortFiles(dropped: readonly File[]): SortedFiles {
  const namedIn = (files: readonly File[], test: RegExp): File | null => files.find(({ name }) => test.test(name)) ?? null;
  const named = (test: RegExp): File | null => namedIn(dropped, test);
  const onnx = named(/\.onnx$/i);
  const layers = onnx === null ? named(/^model\.json$/i) : null;
  const main = onnx ?? layers;
  const preprocessing = named(/^(preprocessor_config|metadata)\.json$/i);
  const others = dropped.filter((file) => file !== main && file !== preprocessing && !OF_TOKENIZERS.test(file.name));
  const labels = namedIn(others, /\.txt$/i) ?? namedIn(others, /(class|label|index|config).*\.json$/i);
  const rest = others.filter((file) => file !== labels);
  const isPicture = ({ name, type }: File): boolean => type.startsWith("image/") || /\.(png|jpe?g|webp|avif|gif|bmp|hei[cf]|tiff?)$/i.test(name);
  const picture = rest.find(isPicture) ?? null;
  const isWeights = ({ name }: File): boolean => (onnx === null ? /\.bin$/i.test(name) : /\.(data|bin|weights?)$/i.test(name) || name.startsWith(onnx.name));
  const numbers = rest.find(({ name }) => /\.(csv|tsv|npy|json)$/i.test(name)) ?? null;
  const vocabulary = named(/^tokenizer\.json$/i) ?? named(/^vocab\.(txt|json)$/i);
  const tokenizerConfig = named(/^tokenizer_config\.json$/i);
  const weights = main === null ? [] : rest.filter(isWeights);
  const read = new Set([main, preprocessing, labels, picture, numbers, vocabulary, tokenizerConfig, ...weights]);
  const unread = dropped.filter((file) => !read.has(file));
  return {
    model:
      main === null
        ? null
        : {
            kind: onnx === null ? "tfjs" : "onnx",
            main: main.name,
            files: Object.fromEntries([main, ...weights].map((file) => [file.name, file])),
          },
    picture,
    numbers,
    labels,
    vocabulary,
    tokenizerConfig,
    preprocessing,
    unknown: unread,
    leftOut: unread.filter((file) => isPicture(file) || /\.onnx$/i.test(file.name)),
  };
}
