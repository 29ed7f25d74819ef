/** Endings of what people have in the place of what the page reads, and what to do. */
const TELLING: readonly (readonly [ending: RegExp, todo: string])[] = [
  [/\.(zip|tar|t?gz|7z|rar)$/i, "is an archive: unpack it, and drop the files in it"],
  [/\.(pt|pth|ckpt|safetensors)$/i, "holds a model of PyTorch: export it to ONNX there (torch.onnx.export), and drop the .onnx file"],
  [/\.(h5|keras|pb|tflite)$/i, "holds a model of Keras or TensorFlow: convert it (tf2onnx, or tensorflowjs_converter), and drop what that writes"],
];

/** What to say of files none of which the page can read. */
export function whyUnread(files: readonly { readonly name: string }[]): string {
  if (files.length === 0) return "That is no file. Save it, and drop the file.";
  for (const { name } of files) {
    const found = TELLING.find(([ending]) => ending.test(name));
    if (found !== undefined) return `"${name}" ${found[1]}.`;
  }
  const names = files.map(({ name }) => `"${name}"`).join(", ");
  return `${names}: nothing here that the page can read. It takes models (.onnx, or the model.json of TensorFlow.js, with their weights), pictures, numbers as CSV, JSON or npy, names of classes, and the tokenizer.json of a model.`;
}

/** How many names are listed. */
const MOST_NAMES = 3;

/** What to say of models and pictures beside those that were taken; "" where there are none. */
export function whatIsLeftOut(files: readonly { readonly name: string }[]): string {
  if (files.length === 0) return "";
  const names = files.slice(0, MOST_NAMES).map(({ name }) => name);
  const rest = files.length > MOST_NAMES ? ` and ${files.length - MOST_NAMES} more` : "";
  return `One model and one picture at a time: ${names.join(", ")}${rest} ${files.length === 1 ? "was" : "were"} left out.`;
}
