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
  {
    what: "a Python pickle, as old PyTorch checkpoints are",
    todo: EXPORT_TODO,
    matches: ([first, second = 0]) => first === 0x80 && second >= 2 && second <= 5,
  },
  { what: "a NumPy array", todo: EXPORT_TODO, matches: (_, head) => head.startsWith("\u0093NUMPY") },
  { what: "a safetensors file: weights without a graph", todo: EXPORT_TODO, matches: (_, head) => head.slice(6, 10) === '\0\0{"' },
  { what: "a GGUF file: weights without an ONNX graph", todo: EXPORT_TODO, matches: (_, head) => head.startsWith("GGUF") },
  { what: "a PNG picture", todo: "Pass the .onnx file as the model and the picture as its input.", matches: (_, head) => head.startsWith("\u0089PNG") },
  {
    what: "a JPEG picture",
    todo: "Pass the .onnx file as the model and the picture as its input.",
    matches: (_, head) => head.startsWith("\u00ff\u00d8\u00ff"),
  },
  {
    what: "a JSON file",
    todo: "A TensorFlow.js model.json is loaded by @xdeep/tfjs; this reader takes .onnx files.",
    matches: (bytes, head) => /^\s*[{[]/.test(head) && isText(bytes),
  },
  {
    what: "a TensorFlow SavedModel (.pb)",
    todo: "Convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx",
    matches: isSavedModel,
  },
  {
    what: "a TensorFlow graph (.pb)",
    todo: "Convert it: python -m tf2onnx.convert --graphdef FILE --output model.onnx --inputs … --outputs …",
    matches: isTensorFlowGraph,
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

/** Field 1 is the version, 1; field 2 is a message that begins with its own field 1. */
function isSavedModel(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x08 || bytes[1] !== 0x01 || bytes[2] !== 0x12) return false;
  const endOfLength = bytes.subarray(3, 13).findIndex((byte) => byte < 0x80);
  return endOfLength >= 0 && bytes[4 + endOfLength] === 0x0a;
}

/** Field 1 is a node, whose field 2 is its operator. */
function isTensorFlowGraph(_: Uint8Array, head: string): boolean {
  return head.startsWith("\n") && ["Placeholder", "Const", "Identity", "NoOp"].some((op) => head.includes(`\u0012${String.fromCharCode(op.length)}${op}`));
}

function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4096);
  return sample.length > 0 && sample.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
}
