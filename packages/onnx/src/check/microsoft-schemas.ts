import type { operatorSchemas } from "../gen/operator-schemas.ts";

/** The operators of com.microsoft that are read here, as ONNX Runtime documents them (docs/ContribOperators.md), in the form of `operatorSchemas`. */
export const microsoftSchemas: typeof operatorSchemas = {
  Attention: [
    [
      1,
      "ssooooo>so do_rotary:i mask_filter_value:f num_heads!:i past_present_share_buffer:i qkv_hidden_sizes:I rotary_embedding_dim:i scale:f unidirectional:i",
    ],
  ],
  BiasGelu: [[1, "ss>s"]],
  BiasSoftmax: [[1, "ss>s axis:i is_inner_broadcast!:i"]],
  EmbedLayerNormalization: [[1, "sossossoo>soo epsilon:f mask_index_type:i"]],
  FastGelu: [[1, "so>s"]],
  FusedConv: [[1, "ssoo>s activation:s activation_params:F auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I"]],
  FusedGemm: [[1, "sso>s activation:s activation_alpha:f activation_beta:f activation_gamma:f alpha:f beta:f transA:i transB:i"]],
  FusedMatMul: [[1, "ss>s alpha:f transA:i transB:i transBatchA:i transBatchB:i"]],
  Gelu: [[1, "s>s"]],
  GroupNorm: [[1, "sss>s activation!:i channels_last:i epsilon:f groups!:i"]],
  LayerNormalization: [[1, "sso>soo axis:i epsilon:f stash_type:i"]],
  MatMulNBits: [[1, "sssooo>s K!:i N!:i accuracy_level:i bits:i block_size!:i weight_prepacked:i"]],
  MultiHeadAttention: [[1, "sooooooooo>sooo mask_filter_value:f num_heads!:i scale:f unidirectional:i"]],
  QuickGelu: [[1, "s>s alpha:f"]],
  RotaryEmbedding: [[1, "ssss>s interleaved:i is_packed_batching:i num_heads:i rotary_embedding_dim:i scale:f"]],
  SimplifiedLayerNormalization: [[1, "ss>so axis:i epsilon:f stash_type:i"]],
  SkipLayerNormalization: [[1, "sssoo>sooo epsilon:f"]],
  SkipSimplifiedLayerNormalization: [[1, "ssso>sooo epsilon:f"]],
};
