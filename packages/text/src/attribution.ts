export { embeddingOf } from "./embedding-of.ts";
export { sumTokens } from "./sum-tokens.ts";
