import type { Rule } from '../../model/policy.ts';
import type { ReadRule } from './rules.ts';
import type { Expression } from './selector.ts';

/** Rules in a row that say the same of the near end. `first`: the piece that stands for the policy as a whole. */
export interface Piece {
  readonly near: Expression | null;
  readonly first: boolean;
  readonly rules: readonly Rule[];
}

/**
 * A rule may be about only some of the pods that its policy selects. As rules of the model are about all of them, such rules become policies of their
 * own with a narrower subject, in their place. Ingress and egress have no order between them.
 */
export function piecesOf(ingress: readonly ReadRule[], egress: readonly ReadRule[]): readonly Piece[] {
  const [inRuns, outRuns] = [runsOf(ingress), runsOf(egress)];
  const [inFirst, outFirst] = [inRuns[0]?.near === null ? inRuns.slice(0, 1) : [], outRuns[0]?.near === null ? outRuns.slice(0, 1) : []];
  const rest = [...inRuns.slice(inFirst.length), ...outRuns.slice(outFirst.length)];
  return [{ near: null, first: true, rules: [...inFirst, ...outFirst].flatMap((run) => run.rules) }, ...rest.map((run) => ({ ...run, first: false }))];
}

function runsOf(list: readonly ReadRule[]): { near: Expression | null; rules: Rule[] }[] {
  const runs: { near: Expression | null; key: string; rules: Rule[] }[] = [];
  for (const { near, rules } of list) {
    if (rules.length === 0) continue;
    const key = JSON.stringify(near);
    const last = runs.at(-1);
    if (last?.key === key) last.rules.push(...rules);
    else runs.push({ near, key, rules: [...rules] });
  }
  return runs;
}
