import { decide } from '../../engine/decide.ts';
import type { Locator, Origin } from '../../kernel/origin.ts';
import { type Diagnostic, failed, ok, type Result } from '../../kernel/result.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import type { AdviceEdit, Proposal } from '../../model/advice.ts';
import type { Explanation } from '../../model/explanation.ts';
import type { Profile } from '../../model/profile.ts';
import type { Decision, Packet } from '../../model/verdict.ts';
import { loadSnapshot } from '../load.ts';
import { unifiedDiff } from './unified-diff.ts';

/** What the manifests were, where things stand in them, and how they are judged. */
export interface Sources {
  readonly texts: readonly SourceText[];
  readonly locator: Locator;
  readonly profile: Profile;
}

/**
 * The first proposal of an explanation that can be written down: policies to add as YAML documents, or one edit of a file as a unified diff for
 * `patch -p0`. What is written was read again with the rest of the input and the packet decided again. Fails where there is nothing to write, or where
 * the question stands for packets that need different things.
 */
export function patchOf(explanation: Explanation, sources: Sources): Result<string> {
  const advised = explanation.answers.flatMap((a) => (a.advice === null || a.advice.proposals.length === 0 ? [] : [{ ...a, proposals: a.advice.proposals }]));
  const [first] = advised;
  if (first === undefined) return refused('no-fix', 'no edit was found that changes this verdict', 'the explanation says what stands in the way');
  if (explanation.answers.length > 1 && new Set(advised.map((a) => JSON.stringify(a.proposals[0]?.edits))).size > 1)
    return refused(
      'several-fixes',
      `the question stands for ${explanation.answers.length} packets, which need different things`,
      'name one workload on each side and one port',
    );
  const wanted: Decision = first.verdict.decision === 'denied' ? 'allowed' : 'denied';
  for (const proposal of first.proposals) {
    const patch = written(proposal, sources);
    if (patch !== null && holds(patch.texts, sources, first.packet, wanted)) return ok(patch.text);
  }
  return refused('no-patch', 'this edit cannot be written as a patch', 'make it by hand where the explanation says');
}

interface Written {
  readonly text: string;
  /** The input after the patch. */
  readonly texts: readonly SourceText[];
}

function written({ edits }: Proposal, sources: Sources): Written | null {
  if (edits.every((e) => e.how === 'add')) {
    const text = edits.map((e) => e.manifest ?? '').join('---\n');
    return { text, texts: [...sources.texts, { file: 'fix.yaml', text }] };
  }
  const [edit, second] = edits;
  if (edit?.origin == null || second !== undefined) return null;
  const { file } = edit.origin.document;
  const source = sources.texts.find((t) => t.file === file);
  const lines = source?.text.split('\n');
  if (source === undefined || lines === undefined || file === '-') return null;
  const change = edit.how === 'remove' ? removal(lines, edit.origin, sources.locator) : insertion(lines, edit, edit.origin, sources.locator);
  if (change === null) return null;
  const after = [...lines.slice(0, change.first), ...change.by, ...lines.slice(change.first + change.count)];
  return {
    text: unifiedDiff(file, lines, change),
    texts: sources.texts.map((t) => (t === source ? { file, text: after.join('\n') } : t)),
  };
}

function holds(texts: readonly SourceText[], { profile }: Sources, packet: Packet, wanted: Decision): boolean {
  const { snapshot, diagnostics } = loadSnapshot(texts);
  try {
    return !diagnostics.some((d) => d.origin?.document.file === 'fix.yaml' && d.severity === 'error') && decide(snapshot, profile, packet).decision === wanted;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Lines `first` to `first + count`, counted from 0, become `by`. */
type Change = Parameters<typeof unifiedDiff>[2];

/** The lines of a block list's item; the whole list becomes `[]` when it was the only one. Within brackets: the item and one comma. */
function removal(lines: readonly string[], origin: Origin, locator: Locator): Change | null {
  const { line, column, endLine, endColumn } = locator.locate(origin);
  const [first, last] = [line - 1, endColumn === 1 ? endLine - 2 : endLine - 1];
  const head = (lines[first] ?? '').slice(0, column - 1);
  if (/^\s*-\s+$/.test(head)) {
    const tail = (lines[last] ?? '').slice(endColumn === 1 ? undefined : endColumn - 1);
    if (endColumn !== 1 && !/^\s*(#.*)?$/.test(tail)) return null;
    const list: Origin = { ...origin, path: origin.path.slice(0, -1) };
    const key = locator.locate(list, 'key').line - 1;
    const others = [0, 1].some((i) => i !== origin.path.at(-1) && locator.locate({ ...list, path: [...list.path, i] }).line !== locator.locate(list).line);
    if (others || origin.path.at(-1) !== 0) return { first, count: last - first + 1, by: [] };
    const keyLine = lines[key] ?? '';
    const colon = /^(\s*(?:- )?[A-Za-z]+:)\s*(\r?)$/.exec(keyLine);
    return colon === null || key >= first
      ? null
      : { first: key, count: last - key + 1, by: [...[`${colon[1]} []${colon[2]}`], ...lines.slice(key + 1, first)] };
  }
  if (line !== endLine) return null;
  const [before, after] = [head, (lines[first] ?? '').slice(endColumn - 1)];
  const comma = /^\s*,\s*/.exec(after);
  const by = comma !== null ? `${before}${after.slice(comma[0].length)}` : `${before.replace(/,\s*$/, '')}${after}`;
  return { first, count: 1, by: [by] };
}

function insertion(lines: readonly string[], { manifest }: AdviceEdit, origin: Origin, locator: Locator): Change | null {
  const { line, column } = locator.locate(origin);
  const head = (lines[line - 1] ?? '').slice(0, column - 1);
  if (manifest === null || !/^\s*-\s+$/.test(head)) return null;
  const margin = head.replace(/-\s+$/, '');
  const end = (lines[line - 1] ?? '').endsWith('\r') ? '\r' : '';
  const by = manifest
    .trimEnd()
    .split('\n')
    .map((text, i) => `${margin}${i === 0 ? '- ' : '  '}${text}${end}`);
  return { first: line - 1, count: 0, by };
}

function refused(code: string, message: string, hint: string): Result<never> {
  const diagnostic: Diagnostic = { code, severity: 'error', message, hint, origin: null };
  return failed([diagnostic]);
}
