import { fromBinary } from "@bufbuild/protobuf";
import { XDeepError } from "@xdeep/core";
import { WireFormatError, checkWireFormat } from "./check-wire-format.ts";
import { describeFileKind } from "./file-kind.ts";
import { type ModelProto, ModelProtoSchema } from "../gen/onnx_pb.ts";

/**
 * Reads the bytes of an ONNX file. Weights are views on `bytes`, not copies; fields this version does not know are kept and written back.
 *
 * @throws {XDeepError} MODEL_INVALID when the bytes are no complete ONNX model: empty, cut off, damaged, another kind of file, no graph or
 * no operator set.
 */
export function readModel(bytes: Uint8Array): ModelProto {
  if (bytes.length === 0) throw new XDeepError("MODEL_INVALID", "The model is empty: 0 bytes. Check the download or the export.");
  const model = decode(bytes);
  if (model.graph === undefined) throw notOnnx(bytes, "it has no graph");
  if (model.opsetImport.length === 0) throw notOnnx(bytes, "it imports no operator set (opset_import), so the meaning of its nodes is unknown");
  return model;
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    checkWireFormat(ModelProtoSchema, bytes);
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    if (cause instanceof WireFormatError && cause.truncated && looksLikeOnnx(bytes)) throw cutOff(bytes, cause);
    throw notOnnx(bytes, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** ONNX writers put ir_version, a varint, first. */
function looksLikeOnnx(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08 && describeFileKind(bytes) === null;
}

function cutOff(bytes: Uint8Array, cause: WireFormatError): XDeepError {
  return new XDeepError("MODEL_INVALID", `The ONNX file is cut off after ${bytes.length} bytes (${cause.message}). Download or export it again.`, {
    details: { length: bytes.length, field: cause.path },
    cause,
  });
}

function notOnnx(bytes: Uint8Array, problem: string, cause?: unknown): XDeepError {
  const kind = describeFileKind(bytes);
  const message =
    kind === null
      ? `This is no ONNX model, or a damaged one: ${problem}. Check that it is an .onnx file, and download or export it again.`
      : `This is no ONNX model: it looks like ${kind.what}. ${kind.todo}`;
  return new XDeepError("MODEL_INVALID", message, { details: { length: bytes.length, problem, looksLike: kind?.what ?? null }, cause });
}
