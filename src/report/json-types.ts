import type { Advice, AdviceEdit } from '../model/advice.ts';
import type { ClaimAdvice, ClaimResult } from '../model/claim.ts';
import type { Explanation } from '../model/explanation.ts';
import type { ExposedWorkload, ExposureEntry, ExposureHop, ExposurePath } from '../model/exposure-report.ts';
import type { FabricReach, FabricWay } from '../model/fabric-reach.ts';
import type { Finding } from '../model/finding.ts';
import type { IamWitness } from '../model/iam-witness.ts';
import type { MissingRule } from '../model/missing-rule.ts';
import type { ScanReport, WorkloadFabric } from '../model/scan-report.ts';
import type { PromotedClaim, StagedPolicy } from '../model/staged-policy.ts';
import type { Decision, Packet, Side, Step, Verdict } from '../model/verdict.ts';
import type { VerifyReport } from '../model/verify-report.ts';

/** Version of every report's JSON. It changes when a field goes or changes its meaning; new fields may appear without that. */
export const reportApiVersion = 'ringfence.dev/report/v1';

/** The address under which a schema is known; its last part is its file name in `schemas`. */
export type SchemaId<Name extends string> = `https://ringfence.dev/schemas/${Name}.v1.json`;

/** The fields that open every report. */
export interface Envelope<Name extends string, Kind extends string> {
  readonly $schema: SchemaId<Name>;
  readonly apiVersion: typeof reportApiVersion;
  readonly kind: Kind;
}

/** A place in a file, with the document and the path in it that were meant. Lines and columns are 1-based, columns in UTF-16 code units, the end exclusive. */
export interface LocationJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly document: number;
  readonly path: string;
}

export interface FindingJson extends Omit<Finding, 'primary' | 'related'> {
  readonly location: LocationJson | null;
  readonly related: readonly { readonly message: string; readonly location: LocationJson }[];
}

export interface DiagnosticJson {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly location: LocationJson | null;
}

export interface IgnoredJson {
  readonly finding: FindingJson;
  readonly reason: string;
  readonly until: string | null;
  readonly location: LocationJson;
}

export interface StepJson extends Omit<Step, 'origin'> {
  readonly location: LocationJson;
}

export interface SideJson extends Omit<Side, 'steps'> {
  readonly steps: readonly StepJson[];
}

export interface VerdictJson extends Omit<Verdict, 'egress' | 'ingress'> {
  readonly egress: SideJson;
  readonly ingress: SideJson;
}

/** A way in from outside, with places in place of origins. */
export interface ExposurePathJson extends Omit<ExposurePath, 'entry' | 'hops'> {
  readonly entry: Omit<ExposureEntry, 'origin'> & { readonly location: LocationJson };
  readonly hops: readonly (Omit<ExposureHop, 'origin'> & { readonly location: LocationJson | null })[];
}

export interface ExposedWorkloadJson extends Omit<ExposedWorkload, 'paths'> {
  readonly paths: readonly ExposurePathJson[];
}

interface EvidenceJson {
  readonly text: string;
  readonly location: LocationJson;
}

export interface WorkloadFabricJson extends Omit<WorkloadFabric, 'attachments' | 'shared'> {
  readonly attachments: readonly (Omit<WorkloadFabric['attachments'][number], 'evidence'> & { readonly evidence: readonly EvidenceJson[] })[];
  readonly shared: readonly (Omit<WorkloadFabric['shared'][number], 'evidence'> & { readonly evidence: readonly EvidenceJson[] })[];
}

export interface ScanJson extends Envelope<'scan', 'ScanReport'>, Omit<ScanReport, 'findings' | 'staged' | 'exposed' | 'halfOpen' | 'training' | 'infiniband'> {
  readonly infiniband?: readonly FabricReachJson[] | undefined;
  readonly training: readonly (Omit<ScanReport['training'][number], 'fabric'> & { readonly fabric: WorkloadFabricJson })[];
  readonly halfOpen: readonly (Omit<ScanReport['halfOpen'][number], 'opener' | 'belongs'> & {
    readonly opener: LocationJson;
    readonly belongs: Omit<MissingRule, 'origin'> & { readonly location: LocationJson | null };
  })[];
  readonly exposed: readonly ExposedWorkloadJson[];
  readonly staged: readonly StagedPolicyJson[];
  readonly headline: string;
  readonly findings: readonly FindingJson[];
  readonly ignored: readonly IgnoredJson[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** A packet, what it shows, and what the policies say to it. */
export interface CounterexampleJson {
  readonly packet: Packet;
  readonly story: string;
  readonly verdict: VerdictJson;
}

/** A policy that would be added, and its YAML. */
export interface WrittenPolicyJson {
  readonly policy: string;
  readonly manifest: string;
}

/** A request that an identity may make, with the statements about it. */
export interface IamWitnessJson extends Omit<IamWitness, 'steps'> {
  readonly steps: readonly (Omit<IamWitness['steps'][number], 'origin'> & { readonly location: LocationJson })[];
}

/** A pod template and a node that its pods may come to run on, with the lines that let them. */
export interface LandingJson {
  readonly pod: string;
  readonly node: string;
  readonly through: readonly { readonly text: string; readonly location: LocationJson | null }[];
}

export interface FabricWayJson extends Omit<FabricWay, 'steps'> {
  readonly steps: readonly { readonly text: string; readonly location: LocationJson | null }[];
}

export interface FabricReachJson extends Omit<FabricReach, 'ways'> {
  readonly ways: readonly FabricWayJson[];
}

export interface ClaimJson extends Omit<ClaimResult, 'counterexamples' | 'requests' | 'landings' | 'ways' | 'origin' | 'advice'> {
  readonly counterexamples: readonly CounterexampleJson[];
  readonly requests: readonly IamWitnessJson[];
  readonly ways: readonly FabricWayJson[];
  readonly landings: readonly LandingJson[];
  readonly advice: ClaimAdviceJson | null;
  readonly location: LocationJson | null;
}

export interface ClaimAdviceJson extends AdviceJson, Pick<ClaimAdvice, 'outcome' | 'breaks'> {}

export interface StagedPolicyJson extends Omit<StagedPolicy, 'origin'> {
  readonly location: LocationJson;
}

export interface VerifyJson extends Envelope<'verify', 'VerifyReport'> {
  readonly holds: boolean;
  readonly unreadObjects: number;
  readonly profile: string;
  readonly zones: readonly {
    readonly zone: string;
    readonly tally: Readonly<Record<ClaimResult['status'], number>>;
    readonly claims: readonly ClaimJson[];
    readonly notCovered: readonly string[];
  }[];
  readonly unread: VerifyReport['unread'];
  readonly strict: boolean;
  readonly staged: { readonly policies: readonly StagedPolicyJson[]; readonly claims: readonly PromotedClaim[] } | null;
  readonly findings: readonly FindingJson[];
  readonly ignored: readonly IgnoredJson[];
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly DiagnosticJson[];
}

export interface AdviceJson extends Omit<Advice, 'proposals'> {
  readonly proposals: readonly {
    readonly edits: readonly (Omit<AdviceEdit, 'origin'> & { readonly location: LocationJson | null })[];
    readonly also: readonly string[];
  }[];
}

export interface ExplainJson extends Envelope<'explain', 'ExplainReport'> {
  readonly asked: string;
  readonly verdict: Decision;
  readonly profile: string;
  readonly staged: { readonly policies: readonly StagedPolicyJson[]; readonly verdict: Decision } | null;
  readonly answers: readonly (Omit<Explanation['answers'][number], 'verdict' | 'advice'> & {
    readonly verdict: VerdictJson;
    readonly advice: AdviceJson | null;
  })[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** What became, or with --check would become, of one file of a pack. Stale files are of an earlier pack and left alone; computed ones have no folder. */
export type PackFileState = 'created' | 'changed' | 'unchanged' | 'stale' | 'computed';

export interface GenerateJson extends Envelope<'generate', 'GenerateReport'> {
  readonly folder: string | null;
  readonly checked: boolean;
  readonly clean: boolean;
  readonly zones: readonly string[];
  readonly files: readonly { readonly path: string; readonly state: PackFileState; readonly text?: string }[];
  readonly diagnostics: readonly DiagnosticJson[];
}
