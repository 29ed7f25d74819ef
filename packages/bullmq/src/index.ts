export { addressOf } from "./redis/address.ts";
export type { Address } from "./redis/address.ts";
export { distribute } from "./distribute.ts";
export type { DistributeOptions } from "./distribute.ts";
export { work } from "./work.ts";
export type { WorkOptions } from "./work.ts";
