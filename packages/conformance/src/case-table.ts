import { type Case, describeRequirement } from "./case.ts";
import { cases, groupOf } from "./cases/index.ts";
import { fixtures } from "./fixtures/index.ts";

/** Every case in a Markdown table, group by group; cases that exist once per fixture share a row. */
export function caseTable(): string {
  const ids = new Set(fixtures().map(({ id }) => id));
  const rows: string[] = [];
  for (const group of new Set(cases().map(groupOf))) {
    const members = cases().filter((testCase) => groupOf(testCase) === group);
    const perFixture = members.filter(({ id }) => isPerFixture(id, ids));
    if (perFixture.length > 0) rows.push(row(`\`${group}/<fixture>\``, `${perFixture[0]!.proves.split(":")[0]}, for each of ${perFixture.length} fixtures.`));
    for (const testCase of members) if (!perFixture.includes(testCase)) rows.push(row(`\`${testCase.id}\``, sentence(testCase)));
  }
  return ["| Case | Proves |", "|---|---|", ...rows].join("\n");
}

function isPerFixture(id: string, fixtureIds: ReadonlySet<string>): boolean {
  const [group, ...rest] = id.split("/");
  return (group === "forward" || group === "vjp") && fixtureIds.has(rest.join("/"));
}

function sentence({ proves, requires }: Case): string {
  return requires === undefined ? proves : `${proves} (${describeRequirement(requires)})`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
