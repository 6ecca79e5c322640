import { checkFlows, checkRules } from '../../app/flows/check.ts';
import type { Command } from '../command.ts';
import { flowOrStoreOperands, storeOption } from '../flow-input.ts';
import { flowProfileOption, flowZoneOption, policiesOption, readJudgedFlows } from '../flow-policies.ts';
import { flowFormatOption, presentFlows } from '../flow-present.ts';
import { outputOption } from '../present.ts';
import { progressOn } from '../progress.ts';

export const command: Command = {
  name: 'flows check',
  summary: 'hold recorded flows against what the policies say',
  description: [
    'Each flow gets the verdict of the engine. Where the two disagree, both sides are told: what got through though the policies deny it, and what policies dropped though those of the input allow it. Of drops by default deny, of which records name no policy, the policies that are responsible are named.',
    'A record of the sender’s side is held against egress alone, as it does not know what becomes of the packet at the far end. What the input does not decide, and flows whose ends are nobody that it knows, are counted and never taken as right.',
    'Exits with 1 when flows and policies disagree.',
  ],
  operands: flowOrStoreOperands,
  options: [storeOption, policiesOption, flowZoneOption, flowProfileOption, flowFormatOption, outputOption],
  examples: [
    { line: 'hubble observe --last 100000 -o json | ringfence flows check - --policies ./policies', note: 'policies alone: pods are taken by their labels' },
    {
      line: 'ringfence flows check goldmane.json --policies cluster.yaml --policies ./policies --format sarif -o flows.sarif',
      note: 'with the pods as they are',
    },
  ],
  async run(invocation, { io, version }) {
    const progress = progressOn(io);
    const { groups, judge, coverage, diagnostics, locator, made } = await readJudgedFlows(invocation, io, progress);
    const report = checkFlows(groups, judge, coverage, made);
    progress.done();
    return presentFlows(report, diagnostics, checkRules, invocation, { io, version, locator });
  },
};
