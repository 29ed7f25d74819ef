/** A report in Markdown: times with ratios to a forward run, the peak memory of each figure's process, and PyTorch and Captum beside them. */
export function markdown(report) {
  const { date, machine, engine, results } = report;
  const pythons = [...new Set(results.flatMap((result) => Object.keys(result).filter((key) => !["model", "threads", "xdeep"].includes(key))))];
  return [
    `${engine} ${machine.onnxruntime}, Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB; ${date}. Batch 1, 224 × 224; each figure from a process of its own, best of ${report.rounds} medians.`,
    "",
    "Milliseconds; in brackets by the gradient.",
    "",
    ...timesTable(report),
    "",
    "Peak memory of the process, MB; in brackets by the gradient's.",
    "",
    ...memoryTable(report),
    ...pythons.flatMap((python) => ["", ...torchTable(report, python)]),
    "",
  ].join("\n");
}

function timesTable({ n, results }) {
  const head = ["Forward", "Gradient", "Ratio", "Guided", `Integrated n = ${n}, per step`, `SmoothGrad n = ${n}, per draw`, "Load", "First gradient"];
  return table(head, results, ({ xdeep: { forward, gradient, guided, integrated, smooth } }) => [
    ms(forward?.median),
    ms(gradient?.median),
    forward && gradient ? `**${(gradient.median / forward.median).toFixed(2)}**` : "",
    ms(guided?.median),
    by(integrated && integrated.median / n, gradient?.median, ms),
    by(smooth && smooth.median / n, gradient?.median, ms),
    ms(gradient?.load),
    gradient === undefined ? "" : ms(gradient.load + gradient.first),
  ]);
}

function memoryTable({ n, results }) {
  const head = ["Forward", "Gradient", "Guided", `Integrated n = ${n}`, `SmoothGrad n = ${n}`];
  return table(head, results, ({ xdeep: { forward, gradient, guided, integrated, smooth } }) => [
    mb(forward?.peakMB),
    mb(gradient?.peakMB),
    ...[guided, integrated, smooth].map((figure) => by(figure?.peakMB, gradient?.peakMB, mb)),
  ]);
}

/** PyTorch with frozen parameters, and Captum over it; in brackets how many times ours that is. */
function torchTable({ n, results }, python) {
  const measured = results.filter((result) => result[python] !== undefined);
  const { torch = "", captum } = measured.flatMap((result) => Object.values(result[python]).map(({ versions }) => versions)).at(-1) ?? {};
  const head = [
    "Forward",
    "Gradient",
    `IntegratedGradients n = ${n}, per step`,
    `NoiseTunnel n = ${n}, per draw`,
    "Load",
    "Peak MB: gradient",
    "IntegratedGradients",
    "NoiseTunnel",
  ];
  const rows = table(head, measured, ({ xdeep, [python]: other }) => [
    ...["forward", "gradient"].map((figure) => times(other[figure]?.median, xdeep[figure]?.median, ms)),
    ...["integrated", "smooth"].map((figure) => times(other[figure] && other[figure].median / n, xdeep[figure] && xdeep[figure].median / n, ms)),
    ms(other.gradient?.load),
    ...["gradient", "integrated", "smooth"].map((figure) => times(other[figure]?.peakMB, xdeep[figure]?.peakMB, mb)),
  ]);
  return [`PyTorch ${torch}, frozen parameters${captum === undefined ? "" : `, Captum ${captum}`}; milliseconds, in brackets by ours.`, "", ...rows];
}

function table(head, results, cellsOf) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const columns = ["Network", "Threads", ...head];
  const rule = columns.map((_, i) => (i === 0 ? "---" : "---:"));
  return [line(columns), line(rule), ...results.map((result) => line([result.model, result.threads, ...cellsOf(result)]))];
}

function by(value, gradient, format) {
  return value === undefined || gradient === undefined ? format(value) : `${format(value)} (${(value / gradient).toFixed(2)} ×)`;
}

function times(value, ours, format) {
  return value === undefined || ours === undefined ? format(value) : `${format(value)} (${(value / ours).toFixed(1)} ×)`;
}

function ms(value) {
  return value === undefined ? "" : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function mb(value) {
  return value === undefined ? "" : value.toFixed(0);
}
