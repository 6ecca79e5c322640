import type { Locator } from '../../kernel/origin.ts';
import { type Diagnostic, ok, type Result } from '../../kernel/result.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import { TextLocator } from '../../manifest/locator.ts';
import { parseSource } from '../../manifest/parse.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { VerifyReport } from '../../model/verify-report.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { addressesTaken, untoldIn } from '../claims/lies-in.ts';
import { assumptionsOf, judged, judgedUnderAnother } from '../modes.ts';
import { namesTaken } from '../names-taken.ts';
import { uselessFindings } from '../redundancy/findings.ts';
import { type Uselessness, uselessPolicies } from '../redundancy/redundancy.ts';
import { answerQueries, isAboutBlocks } from './answer.ts';
import type { Query } from './query.ts';
import { readQueries } from './read.ts';

/** The queries of some files; `locator` finds positions in all of them, broken ones included. */
export interface QueriesRead {
  readonly files: readonly { readonly file: string; readonly queries: readonly Query[] }[];
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
}

/** Reads query files: our own documents, and lists of np-guard baseline rules. */
export function readQueryFiles(sources: readonly SourceText[]): QueriesRead {
  const parsed = sources.map(parseSource);
  const diagnostics: Diagnostic[] = [];
  const files = parsed.map((source) => {
    diagnostics.push(...source.diagnostics);
    const queries = source.documents.flatMap(({ ref, value }) => {
      const read = readQueries(value, { document: ref, path: [] });
      diagnostics.push(...read.diagnostics);
      return read.ok ? read.value : [];
    });
    return { file: source.file, queries };
  });
  return { files, diagnostics, locator: new TextLocator(parsed) };
}

/** What is asked beside the queries. */
export interface Asked {
  readonly files: QueriesRead['files'];
  readonly zones: readonly LoadedZone[];
  /** Sorts of policies and rules without which nothing changes that are looked for. */
  readonly useless: ReadonlySet<Uselessness>;
  /** What is not known counts as reachable. */
  readonly strict: boolean;
}

/** Answers all queries, those with faults as undecided; in the report a file stands where a zone stands in that of verify. */
export function runQueries(snapshot: Snapshot, profile: Profile, { files, zones, useless, strict }: Asked): Result<VerifyReport> {
  const answers = files.map(({ file, queries }) => ({ file, answered: answerQueries(snapshot, profile, zones, queries) }));
  const aboutBlocks = files.some(({ queries }) => queries.some(({ from, to }) => [...from, ...to.map((t) => t.party)].some(isAboutBlocks)));
  const aboutHosts = files.some(({ queries }) => queries.some(({ from, to }) => [...from, ...to.map((t) => t.party)].some((p) => p.kind === 'host')));
  const diagnostics = answers.flatMap(({ answered }) => answered.diagnostics);
  return ok(
    {
      profile: profile.id,
      zones: answers.map(({ file, answered }) => ({ zone: file, claims: judged(answered.claims, { strict }), notCovered: [] })),
      unread: [],
      findings: useless.size > 0 ? uselessFindings(uselessPolicies(snapshot, profile), useless) : [],
      strict,
      staged: null,
      assumptions: [
        ...judgedUnderAnother(zones, profile),
        ...assumptionsOf({ promoted: false, strict }, profile),
        ...(aboutBlocks ? addressesTaken(snapshot.ranges, untoldIn(snapshot)) : []),
        ...namesTaken(snapshot, profile, aboutHosts),
      ],
    },
    diagnostics,
  );
}
