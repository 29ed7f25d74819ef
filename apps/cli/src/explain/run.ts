import type { ExplainFlags } from "../commands/explain-flags.ts";
import type { GivenInput } from "../inputs/prepare-input.ts";
import type { Labels, NamedLabels } from "../inputs/labels.ts";
import type { Io } from "../io.ts";
import type { NamedMetric } from "../evaluate/metric.ts";
import type { NamedMethod } from "./methods/method.ts";
import type { HtmlReport } from "../html-report/collect.ts";
import type { Report } from "./report.ts";

/** Everything that stays the same for all models and inputs of a run. */
export interface Run {
  readonly flags: ExplainFlags;
  /** As `--target` gave them, each once. */
  readonly targets: readonly string[];
  readonly methods: readonly NamedMethod[];
  /** Those of `--metric`. */
  readonly metrics: readonly NamedMetric[];
  /** Those of `--labels`. */
  readonly labels: NamedLabels | null;
  readonly features: Labels | null;
  readonly inputs: readonly NamedInput[];
  readonly report: Report;
  /** The page of `--report`. */
  readonly page: HtmlReport | null;
  readonly io: Io;
}

/** A file, or a text of the command line, with the name that its results get. */
export interface NamedInput extends GivenInput {
  readonly stem: string;
}
