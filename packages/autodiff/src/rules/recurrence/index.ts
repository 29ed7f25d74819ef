import type { GradientRule } from "../../sweep/rule.ts";
import { gruRule } from "./gru.ts";
import { lstmRule } from "./lstm.ts";
import { rnnRule } from "./rnn.ts";

export const recurrenceRules: readonly GradientRule[] = [gruRule, lstmRule, rnnRule];
