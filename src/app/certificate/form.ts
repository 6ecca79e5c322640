import type { Certificate } from '../../model/certificate.ts';
import { protocols } from '../../space/transport-set.ts';

/**
 * What is wrong with the form of a certificate, though its values be right; null: nothing. There is one way to write it down, so that no two texts say the
 * same: lists of indices ascend, and so do the lists that are told apart by their first index; rules and verdicts stand in the order in which they are first
 * referred to, and nothing stands twice that could be said once; zones come before manifests.
 */
export function wrongForm({ inputs, ports, rules, verdicts, rows }: Certificate): string | null {
  const lists = [...verdicts.flat().map((part) => part.ports), ...rows.flatMap((row) => [row.from, ...row.to.map((cell) => cell.atoms)])];
  if (!lists.every(ascends)) return 'a list of indices does not ascend';
  const firsts = [...verdicts.map((parts) => parts.map((p) => p.ports)), rows.map((r) => r.from), ...rows.map((r) => r.to.map((cell) => cell.atoms))];
  if (!firsts.every((group) => ascends(group.map(([first = 0]) => first)))) return 'verdicts or rows are not in the order of their first index';
  if (!ascends(ports.map((p) => protocols.indexOf(p.protocol) * 65_536 + p.low))) return 'ports are not in order';
  if (!countsUp(rows.flatMap((row) => row.to.map((cell) => cell.verdict))) || !countsUp(verdicts.flat().flatMap((part) => part.rules)))
    return 'rules or verdicts are not in the order in which they are first referred to';
  const alike: readonly (readonly unknown[])[] = [
    rules,
    verdicts,
    ...verdicts.map((parts) => parts.map(({ decision, rules: by }) => [decision, by])),
    rows.map((row) => row.to),
    ...rows.map((row) => row.to.map((cell) => cell.verdict)),
  ];
  if (!alike.every(eachOnce)) return 'something stands twice that is said once';
  const [lastZone, firstOther] = [inputs.findLastIndex((i) => i.role === 'zone'), inputs.findIndex((i) => i.role !== 'zone')];
  return firstOther >= 0 && lastZone > firstOther ? 'zones do not come before manifests' : null;
}

/** Whether numbers come up first as 0, 1, 2 and so on. */
function countsUp(numbers: readonly number[]): boolean {
  return [...new Set(numbers)].every((n, i) => n === i);
}

function eachOnce(values: readonly unknown[]): boolean {
  return new Set(values.map((v) => JSON.stringify(v))).size === values.length;
}

export function ascends(numbers: readonly number[]): boolean {
  return numbers.every((n, i) => i === 0 || n > (numbers[i - 1] as number));
}

/**
 * Whether JSON text says each thing once: no key twice in one object, no number or escape in another spelling that some reader might take otherwise. Blanks
 * do not count. Linear in the text. `value` is what it parses to.
 */
export function saysOnce(text: string, value: unknown): boolean {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) ?? [];
  return tokens.map((token) => (token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token)).join('') === JSON.stringify(value);
}
