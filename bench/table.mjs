/** The table of a report, in Markdown: milliseconds, ratios to a forward run, and PyTorch's gradient of the same network beside them. */
export function markdown({ date, machine, engine, n, results }) {
  const pythons = [...new Set(results.flatMap((result) => Object.keys(result).filter((key) => key !== "model" && key !== "threads" && key !== "xdeep")))];
  const torchName = (python) => `PyTorch ${results.flatMap((result) => result[python]?.gradient?.versions?.torch ?? []).at(0) ?? ""} gradient`;
  const head = [
    "Network",
    "Threads",
    "Forward",
    "Gradient",
    "Ratio",
    "Guided",
    `Integrated n = ${n}, per step`,
    `SmoothGrad n = ${n}, per draw`,
    "First gradient",
    "Peak memory",
    ...pythons.map(torchName),
  ];
  const rows = results.map(({ model, threads, xdeep, ...torch }) => {
    const { forward, gradient, guided, integrated, smooth } = xdeep;
    const per = (figure) =>
      figure === undefined
        ? ""
        : gradient === undefined
          ? ms(figure.median / n)
          : `${ms(figure.median / n)} (${(figure.median / n / gradient.median).toFixed(2)} ×)`;
    return [
      model,
      threads,
      ms(forward?.median),
      ms(gradient?.median),
      forward && gradient ? `**${(gradient.median / forward.median).toFixed(2)}**` : "",
      ms(guided?.median),
      per(integrated),
      per(smooth),
      gradient === undefined ? "" : ms(gradient.load + gradient.first),
      gradient === undefined ? "" : `${Math.round(gradient.peakMB)} MB`,
      ...pythons.map((python) => {
        const other = torch[python]?.gradient?.median;
        return other === undefined ? "" : gradient === undefined ? ms(other) : `${ms(other)} (${(other / gradient.median).toFixed(1)} × ours)`;
      }),
    ];
  });
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    `${engine} ${machine.onnxruntime}, Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB; ${date}. Batch 1, 224 × 224, milliseconds; each figure from a process of its own, best of three medians.`,
    "",
    line(head),
    line(head.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
  ].join("\n");
}

function ms(value) {
  return value === undefined ? "" : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
