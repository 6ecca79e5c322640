import { type Found, type Literal, labelsFor } from '../../engine/label-space.ts';
import { type AccountMatch, accountsNamed, isAmongAccounts } from '../../model/account-match.ts';
import { type LabelSelector, type Labels, selects } from '../../model/labels.ts';

/** One thing that rules can ask of a pod of a namespace: its labels and its service account. */
export interface Atom {
  readonly pods: LabelSelector;
  readonly accounts: AccountMatch;
}

/** A sort of pod that could be created, as rules see it: labels and a service account that show it. */
export interface Cell {
  readonly labels: Labels;
  readonly account: string;
}

/** All sorts of pod, each once. `left` says why some may be missing, in a line each; empty: none is. */
export interface Cells {
  readonly cells: readonly Cell[];
  readonly left: readonly string[];
}

/**
 * Every sort of pod that the atoms can tell apart, with labels that show it. Sorts are split atom by atom, and only where labels exist for both halves:
 * work follows the number of sorts, not that of all combinations. Beyond `most` sorts the search ends and says so.
 */
export function cellsOf(atoms: readonly Atom[], most: number): Cells {
  const left = new Set<string>();
  const accounts = accountsIn(atoms);
  let cells: (Cell & { readonly literals: readonly Literal[] })[] = accounts.map((account) => ({ labels: {}, account, literals: [] }));
  for (const atom of atoms) {
    const next: typeof cells = [];
    for (const cell of cells) {
      if (!isAmongAccounts(atom.accounts, cell.account)) {
        next.push(cell);
        continue;
      }
      const own = selects(atom.pods, cell.labels);
      next.push({ ...cell, literals: [...cell.literals, { selector: atom.pods, holds: own }] });
      const literals = [...cell.literals, { selector: atom.pods, holds: !own }];
      const found: Found = labelsFor(literals);
      if (found === 'undecided') left.add('labels for some combinations of selectors were neither found nor ruled out');
      else if (found !== 'none') next.push({ labels: found, account: cell.account, literals });
    }
    cells = next;
    if (cells.length > most) return { cells: cells.map(plain), left: [`rules tell more than ${most} sorts of pod apart, and not all were tried`] };
  }
  return { cells: cells.map(plain), left: [...left] };
}

function plain({ labels, account }: Cell): Cell {
  return { labels, account };
}

/** Service accounts that atoms name, and one that none names. */
function accountsIn(atoms: readonly Atom[]): string[] {
  const named = [...new Set(atoms.flatMap((a) => accountsNamed(a.accounts)))];
  const other = named.includes('default') ? 'any-other-account' : 'default';
  return [other, ...named];
}
