import { replayFlows, replayRules } from '../../app/flows/replay.ts';
import type { Command } from '../command.ts';
import { flowOrStoreOperands, storeOption } from '../flow-input.ts';
import { flowProfileOption, flowZoneOption, policiesOption, readJudgedFlows } from '../flow-policies.ts';
import { flowFormatOption, presentFlows } from '../flow-present.ts';
import { outputOption } from '../present.ts';
import { progressOn } from '../progress.ts';

export const command: Command = {
  name: 'flows replay',
  summary: 'say what proposed policies would have made of recorded flows',
  description: [
    'Asks the policies about every flow that got through: which would have been cut, and which nobody can say. Then which of those that were dropped would have passed, and which policies with rules that allow no flow of the window needed.',
    'A window that is too short tells too little: window, nodes and loss stand with the answer.',
    'Exits with 1 when something would have been cut, might have been, or would have passed that did not.',
  ],
  operands: flowOrStoreOperands,
  options: [storeOption, policiesOption, flowZoneOption, flowProfileOption, flowFormatOption, outputOption],
  examples: [
    {
      line: 'ringfence generate -f zone.yaml -o pack/ && ringfence flows replay flows/ --policies pack/ --policies cluster.yaml',
      note: 'what a new pack would cut',
    },
  ],
  async run(invocation, { io, version }) {
    const progress = progressOn(io);
    const { groups, judge, coverage, diagnostics, locator, made } = await readJudgedFlows(invocation, io, progress);
    const report = replayFlows(groups, judge, coverage, made);
    progress.done();
    return presentFlows(report, diagnostics, replayRules, invocation, { io, version, locator });
  },
};
