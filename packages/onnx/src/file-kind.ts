interface FileKind {
  readonly what: string;
  readonly todo: string;
  readonly matches: (bytes: Uint8Array, head: string) => boolean;
}

const EXPORT_TODO = "Export the network to ONNX (from PyTorch: torch.onnx.export; from TensorFlow or Keras: tf2onnx) and load the .onnx file.";

/** What people hand over instead of an ONNX file, most specific first. `head` is the first 64 bytes, one character a byte. */
const KINDS: readonly FileKind[] = [
  {
    what: "an ONNX Runtime .ort file (a flatbuffer)",
    todo: "It cannot be turned back: load the .onnx file that it was made from.",
    matches: (_, head) => head.slice(4, 8) === "ORTM",
  },
  {
    what: "a TensorFlow Lite model",
    todo: EXPORT_TODO,
    matches: (_, head) => head.slice(4, 8) === "TFL3",
  },
  {
    what: "a Git LFS pointer, a small text file that stands for the model",
    todo: "Fetch the real file with `git lfs pull`.",
    matches: (_, head) => head.startsWith("version https://git-lfs"),
  },
  {
    what: "a web page (HTML), probably the error page of a failed download",
    todo: "Download the file itself: on GitHub and Hugging Face that is the raw or resolve link.",
    matches: (_, head) => /^\s*<(!doctype html|html|head|body)/i.test(head),
  },
  { what: "an XML file", todo: EXPORT_TODO, matches: (_, head) => /^\s*<\?xml/i.test(head) },
  {
    what: "a zip archive, as PyTorch checkpoints (.pt, .pth) and Keras files (.keras) are",
    todo: `If it holds an .onnx file, unpack it. ${EXPORT_TODO}`,
    matches: (_, head) => head.startsWith("PK\u0003\u0004"),
  },
  { what: "a gzip archive", todo: "Unpack it first.", matches: (_, head) => head.startsWith("\u001f\u008b") },
  { what: "an HDF5 file, as Keras writes (.h5)", todo: EXPORT_TODO, matches: (_, head) => head.startsWith("\u0089HDF") },
  { what: "a Python pickle, as old PyTorch checkpoints are", todo: EXPORT_TODO, matches: (_, head) => /^\u0080[\u0002-\u0005]/.test(head) },
  { what: "a NumPy array", todo: EXPORT_TODO, matches: (_, head) => head.startsWith("\u0093NUMPY") },
  { what: "a safetensors file: weights without a graph", todo: EXPORT_TODO, matches: (_, head) => /^[^]{6}\0\0\{"/.test(head) },
  { what: "a GGUF file: weights without an ONNX graph", todo: EXPORT_TODO, matches: (_, head) => head.startsWith("GGUF") },
  { what: "a PNG picture", todo: "Pass the .onnx file as the model and the picture as its input.", matches: (_, head) => head.startsWith("\u0089PNG") },
  { what: "a JPEG picture", todo: "Pass the .onnx file as the model and the picture as its input.", matches: (_, head) => head.startsWith("\u00ff\u00d8\u00ff") },
  {
    what: "a JSON file",
    todo: "A TensorFlow.js model.json is loaded by @xdeep/tfjs; this reader takes .onnx files.",
    matches: (bytes, head) => /^\s*[{[]/.test(head) && isText(bytes),
  },
  {
    what: "a TensorFlow SavedModel (.pb)",
    todo: "Convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx",
    matches: (_, head) => /^\u0008\u0001\u0012[\u0080-\u00ff]*[\0-\u007f]\n/.test(head),
  },
  {
    what: "a TensorFlow graph (.pb)",
    todo: "Convert it: python -m tf2onnx.convert --graphdef FILE --output model.onnx --inputs … --outputs …",
    matches: (_, head) => head.startsWith("\n") && /\u0012.(Placeholder|Const|Identity|NoOp)/.test(head),
  },
  { what: "a text file", todo: "Pass the .onnx file itself.", matches: (bytes) => isText(bytes) },
];

/**
 * What a file that is no ONNX model looks like, and what to do about it; null where nothing is recognised.
 * Meant for messages after reading failed, since a few bytes alone prove nothing.
 */
export function describeFileKind(bytes: Uint8Array): { readonly what: string; readonly todo: string } | null {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  return KINDS.find((kind) => kind.matches(bytes, head)) ?? null;
}

function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4096);
  return sample.length > 0 && sample.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
}
