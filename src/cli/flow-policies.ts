import { rangesOf } from '../app/certificate/zone-ranges.ts';
import { FlowGroups } from '../app/flows/flow-groups.ts';
import { Judge } from '../app/flows/judge.ts';
import { ObservedPods } from '../app/flows/observed-pods.ts';
import { seenBy } from '../engine/seen-by.ts';
import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { FlowCoverage } from '../model/flow-coverage.ts';
import type { LoadedZone } from '../spec/zone.ts';
import type { Invocation, Option } from './command.ts';
import { readNamedFlows } from './flow-input.ts';
import { joinedLocator, namedProfile, profileOfZones, profileOption, readCluster, readZoneFiles, refuseStandardInputTwice, zoneOption } from './inputs.ts';
import type { Io } from './io.ts';
import type { Progress } from './progress.ts';
import { UsageError } from './usage-error.ts';

export const policiesOption: Option = {
  name: 'policies',
  value: 'PATH',
  repeats: true,
  completes: 'file',
  help: 'Policies, and where you have them the namespaces, pods, Services and nodes (as kubectl get -o yaml prints them). Repeats. Pods that no manifest has are taken by the labels that flows have.',
};

/** For what a zone says of its platform and addresses. */
export const flowZoneOption: Option = {
  ...zoneOption,
  help: 'A TrainingZone, for the CNI and the address ranges that it names; - is standard input. Repeats.',
};

export const flowProfileOption: Option = profileOption(
  'That of the zone, or the CNI that recorded the flows (Cilium for Hubble, Calico for Goldmane and its flow logs), else kubernetes,',
);

export interface JudgedFlows {
  readonly groups: FlowGroups;
  readonly judge: Judge;
  readonly coverage: FlowCoverage;
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
  readonly zones: readonly LoadedZone[];
  /** Sorts of pod that only flows tell of. */
  readonly made: number;
}

/** Reads flows, and the policies that they are held against. */
export async function readJudgedFlows(invocation: Invocation, io: Io, progress: Progress): Promise<JudgedFlows> {
  const policies = invocation.texts('policies');
  if (policies.length === 0)
    throw new UsageError([
      { message: 'policies are missing: --policies PATH', hint: 'give the manifests of the policies, and of the pods where you have them' },
    ]);
  const files = invocation.texts('file');
  refuseStandardInputTwice([...invocation.operands, ...policies, ...files], 'standard input can be one of flows, policies and zone');
  const zones = files.length === 0 ? null : await readZoneFiles(files, io);
  const cluster = await readCluster(policies, io, progress, zones === null ? {} : rangesOf(zones.zones));
  const groups = new FlowGroups();
  const { coverage, diagnostics } = await readNamedFlows(invocation, io, progress, (flow) => groups.add(flow));
  progress.say('asking the policies');
  const recorded = coverage.files.flatMap((f) => f.format ?? []);
  const otherwise = recorded.includes('hubble') ? 'cilium' : recorded.includes('goldmane') || recorded.includes('calico') ? 'calico' : 'kubernetes';
  const named = invocation.text('profile');
  const base = zones === null || named !== undefined ? namedProfile(named, otherwise) : profileOfZones(undefined, zones.zones);
  const pods = new ObservedPods(cluster.snapshot, groups.ends, coverage.files[0]?.file ?? '-');
  const { snapshot, profile } = seenBy(pods.snapshot, base);
  return {
    groups,
    judge: new Judge(pods, snapshot, profile),
    coverage,
    diagnostics: [...(zones?.diagnostics ?? []), ...cluster.diagnostics, ...diagnostics],
    locator: joinedLocator(...(zones === null ? [] : [zones.locator]), cluster.locator),
    zones: zones?.zones ?? [],
    made: pods.made,
  };
}
