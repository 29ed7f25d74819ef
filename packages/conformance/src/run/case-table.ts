import { type Case, describeRequirements } from "./case.ts";
import { cases, groupOf } from "../cases/index.ts";
import { fixtures } from "../fixtures/index.ts";

/** Every case with what it proves, in a Markdown table; cases that exist once per fixture share a row. */
export function caseTable(): string {
  const rows = groups().flatMap(({ group, perFixture, others }) => [
    ...(perFixture.length > 0 ? [row(`\`${group}/<fixture>\``, `${perFixture[0]!.proves.split(":")[0]}, for each of ${perFixture.length} fixtures.`)] : []),
    ...others.map((testCase) => row(`\`${testCase.id}\``, sentence(testCase))),
  ]);
  return ["| Case | Proves |", "|---|---|", ...rows].join("\n");
}

/** The ids of every case, a row per group. */
export function groupTable(): string {
  const rows = groups().map(({ group, perFixture, others }) => {
    const ids = others.map(({ id }) => `\`${id.slice(group.length + 1)}\``);
    return row(`\`${group}\``, [...(perFixture.length > 0 ? [`one per fixture (${perFixture.length})`] : []), ...ids].join(", "));
  });
  return ["| Group | Cases |", "|---|---|", ...rows].join("\n");
}

interface Group {
  readonly group: string;
  readonly perFixture: readonly Case[];
  readonly others: readonly Case[];
}

function groups(): readonly Group[] {
  const ids = new Set(fixtures().map(({ id }) => id));
  const all = cases();
  return [...new Set(all.map(groupOf))].map((group) => {
    const members = all.filter((testCase) => groupOf(testCase) === group);
    return { group, perFixture: members.filter(({ id }) => isPerFixture(id, ids)), others: members.filter(({ id }) => !isPerFixture(id, ids)) };
  });
}

function isPerFixture(id: string, fixtureIds: ReadonlySet<string>): boolean {
  const [group, ...rest] = id.split("/");
  return (group === "forward" || group === "vjp") && fixtureIds.has(rest.join("/"));
}

function sentence({ proves, requires }: Case): string {
  return requires === undefined ? proves : `${proves} (${describeRequirements(requires)})`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
