/**
 * Ringfence as a library: pure functions over text and data. Nothing here reads a file, a clock or a socket; give it what you have read.
 * Every export is named; what is not exported here may change in any version.
 */

export { explain } from './app/explain.ts';
export { compile, compileAll } from './app/generate.ts';
export type { Loaded, LoadOptions } from './app/load.ts';
export { loadSnapshot } from './app/load.ts';
export { scan } from './app/scan.ts';
export { trainingMarks } from './app/training.ts';
export { verify } from './app/verify.ts';
export { decide } from './engine/decide.ts';
export type { Flow } from './engine/flow.ts';
export { profileOf, profiles } from './engine/profiles.ts';
export type { Reachability, ReachParty } from './engine/reach.ts';
export { reach } from './engine/reach.ts';
export type { Seen } from './engine/seen-by.ts';
export { seenBy } from './engine/seen-by.ts';
export type { Location, Locator, Origin } from './kernel/origin.ts';
export type { Diagnostic, Result } from './kernel/result.ts';
export type { SourceText } from './kernel/source-text.ts';
export type { ClaimResult, Counterexample } from './model/claim.ts';
export type { Explanation } from './model/explanation.ts';
export type { Finding, Severity } from './model/finding.ts';
export type { Pack, PackFile } from './model/pack.ts';
export type { Profile } from './model/profile.ts';
export type { ScanReport } from './model/scan-report.ts';
export type { Snapshot } from './model/snapshot.ts';
export type { Endpoint, Packet, Verdict } from './model/verdict.ts';
export type { VerifyReport } from './model/verify-report.ts';
export { zoneJsonSchema } from './spec/fields.ts';
export { parseZone } from './spec/parse.ts';
export type { LoadedZone, TrainingZone } from './spec/zone.ts';
