import type { GradientRule } from "../../sweep/rule.ts";
import { attentionRule } from "./attention.ts";
import { detRule } from "./det.ts";
import { dftRule } from "./dft.ts";
import { einsumRule } from "./einsum.ts";
import { fusedMatMulRule } from "./fused-matmul.ts";
import { gemmRule } from "./gemm.ts";
import { matMulRule } from "./matmul.ts";
import { microsoftAttentionRule, multiHeadAttentionRule } from "./microsoft-attention.ts";
import { microsoftRotaryEmbeddingRule, rotaryEmbeddingRule } from "./rotary-embedding.ts";
import { stftRule } from "./stft.ts";

export const productRules: readonly GradientRule[] = [
  attentionRule,
  detRule,
  dftRule,
  einsumRule,
  fusedMatMulRule,
  gemmRule,
  matMulRule,
  microsoftAttentionRule,
  microsoftRotaryEmbeddingRule,
  multiHeadAttentionRule,
  rotaryEmbeddingRule,
  stftRule,
];
