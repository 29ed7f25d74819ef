import { type RuleSet, builtinRules, maxPoolWithoutIndicesRule, withRules } from "@xdeep/autodiff";
import type { Device } from "./device.ts";

/** The rules that the device can run: WebGPU's MaxPool gives no indices. A rule of the caller's own stays. */
export function rulesFor(device: Device, rules: RuleSet): RuleSet {
  const replaceable = rules.get("MaxPool") === builtinRules.get("MaxPool");
  return device.name.includes("webgpu") && replaceable ? withRules(rules, maxPoolWithoutIndicesRule) : rules;
}
