import { type Attribution, type Input, type Model, isXDeepError } from "@xdeep/core";
import { type MeasureOptions, type Measurement, type Metric, measure } from "@xdeep/metrics";

/** What measures say of one explanation, by the words that named them. Plain data. */
export type Measurements = Readonly<Record<string, Measurement>>;

export interface MeasureSubject {
  readonly model: Model;
  readonly input: Input;
  readonly attribution: Attribution<Input>;
}

/** Measures an explanation. A measure that does not fit the method has no values, and a note that says why: the explanation stands without it. */
export async function measureExplanation(subject: MeasureSubject, metrics: Readonly<Record<string, Metric>>, options: MeasureOptions): Promise<Measurements> {
  const found: Record<string, Measurement> = {};
  for (const [name, metric] of Object.entries(metrics)) {
    found[name] = await measureOne(subject, metric, options).catch((error: unknown) => {
      if (!isXDeepError(error)) throw error;
      const { better, parameters } = metric;
      return { metric: metric.name, better, parameters, values: subject.attribution.target.map(() => null), notes: [error.message] };
    });
  }
  return found;
}

async function measureOne(subject: MeasureSubject, metric: Metric, options: MeasureOptions): Promise<Measurement> {
  const { one } = await measure(subject, { one: metric }, options);
  return one;
}
