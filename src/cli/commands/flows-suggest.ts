import { suggestRules, suggestRulesFor } from '../../app/flows/suggest.ts';
import type { Command } from '../command.ts';
import { flowOrStoreOperands, storeOption } from '../flow-input.ts';
import { flowProfileOption, policiesOption, readJudgedFlows } from '../flow-policies.ts';
import { flowFormatOption, presentFlows } from '../flow-present.ts';
import { zoneOption } from '../inputs.ts';
import { outputOption } from '../present.ts';
import { progressOn } from '../progress.ts';

export const command: Command = {
  name: 'flows suggest',
  summary: 'write the rules that recorded flows need, where no zone forbids them',
  description: [
    'For each workload that used what the policies deny: the smallest policy under which it passes, with the flows that justify it. Each was carried out on the input and the packet decided again; every claim of the zones that held must still hold, so that what is protected stays shut.',
    'Flows that were dropped justify nothing unless --dropped says so: an attacker is dropped as well.',
    'Exits with 1 when a rule is missing or refused.',
  ],
  operands: flowOrStoreOperands,
  options: [
    storeOption,
    policiesOption,
    { ...zoneOption, help: 'A TrainingZone whose claims must still hold; - is standard input. Repeats.' },
    { name: 'dropped', help: 'Take flows that were dropped as wanted too: for a job that lacks a rule under policies that are in force.' },
    flowProfileOption,
    flowFormatOption,
    outputOption,
  ],
  examples: [
    { line: 'ringfence flows suggest flows/ --policies pack/ --policies cluster.yaml -f zone.yaml', note: 'before a pack is applied' },
    {
      line: 'hubble observe --verdict DROPPED -o json | ringfence flows suggest - --dropped --policies cluster.yaml -f zone.yaml',
      note: 'for a job that hangs',
    },
  ],
  async run(invocation, { io, version }) {
    const progress = progressOn(io);
    const { groups, judge, coverage, diagnostics, locator, zones } = await readJudgedFlows(invocation, io, progress);
    const report = suggestRulesFor(groups, judge, coverage, { zones, dropped: invocation.flag('dropped') });
    progress.done();
    return presentFlows(report, diagnostics, suggestRules, invocation, { io, version, locator });
  },
};
