import type { Case } from "../case.ts";
import type { CaseContext, Subject } from "../case-context.ts";
import { demand } from "../failure.ts";

const requires = { kind: "innerValues" } as const;

/** Values inside the network: read, differentiated, fed. */
export function innerValueCases(): readonly Case[] {
  return [
    { id: "inner/gradient", proves: "vjp gives the gradient of a value inside the network.", fixtures: ["smooth-mlp"], requires, run: checkGradient },
    {
      id: "inner/forward",
      proves: "forward gives a value inside the network.",
      fixtures: ["smooth-mlp"],
      requires,
      refusals: ["OUTPUT_UNKNOWN"],
      run: checkForward,
    },
    {
      id: "inner/fed",
      proves: "The network runs from a value inside it that is fed, forward and back.",
      fixtures: ["smooth-mlp"],
      requires,
      refusals: ["INPUT_UNKNOWN"],
      run: checkFed,
    },
  ];
}

/** The first hidden layer after its activation, by the reference's name and the backend's. */
function hiddenNames({ fixture }: Subject, { manifest }: CaseContext): { readonly ours: string; readonly theirs: string } {
  const ours = fixture.network.nodes[1]!.name;
  return { ours, theirs: manifest.innerValueName?.(ours) ?? ours };
}

async function checkGradient(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const { ours, theirs } = hiddenNames(subject, context);
  const feeds = subject.fixture.sample(context.rows(2));
  const actual = await subject.model.vjp({ feeds, target: 2, wrt: [theirs] });
  const expected = await subject.reference.vjp({ feeds, target: 2, wrt: [ours] });
  demand(actual.gradients[theirs] !== undefined, `The gradient of "${theirs}" is missing.`);
  context.closeTo(actual.gradients[theirs], expected.gradients[ours]!, `gradient of inner value "${theirs}"`);
}

async function checkForward(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const { ours, theirs } = hiddenNames(subject, context);
  const feeds = subject.fixture.sample(context.rows(2));
  const actual = await subject.model.forward({ feeds, outputs: [theirs] });
  const expected = await subject.reference.forward({ feeds, outputs: [ours] });
  demand(actual.outputs[theirs] !== undefined, `The inner value "${theirs}" is missing.`);
  context.closeTo(actual.outputs[theirs], expected.outputs[ours]!, `inner value "${theirs}"`);
}

async function checkFed(context: CaseContext): Promise<void> {
  const subject = await context.load();
  const { ours, theirs } = hiddenNames(subject, context);
  const { fixture, model, reference } = subject;
  const rows = context.rows(2);
  const other = (await reference.forward({ feeds: fixture.sample(rows, 99), outputs: [ours] })).outputs[ours]!;
  const feeds = fixture.sample(rows);
  const request = { target: 1 } as const;
  const actual = await model.vjp({ ...request, feeds: { ...feeds, [theirs]: other }, wrt: [theirs] });
  const expected = await reference.vjp({ ...request, feeds: { ...feeds, [ours]: other }, wrt: [ours] });
  context.closeTo(actual.outputs["scores"]!, expected.outputs["scores"]!, `output with "${theirs}" fed`);
  context.closeTo(actual.gradients[theirs]!, expected.gradients[ours]!, `gradient of inner value "${theirs}" where it is fed`);
}
