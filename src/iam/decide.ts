import { and, or, type Truth } from './kleene.ts';
import type { Grant } from './matches-principal.ts';
import { matchesStatement } from './matches-statement.ts';
import type { Policy, PolicyKind, Statement } from './policy.ts';
import { carries, governs, isUnplaced, needsOwnPolicy, type PolicySet, underRcps } from './policy-set.ts';
import { accountOf, type Context, contextOf, type Request } from './request.ts';

export type Decision = 'allowed' | 'explicitly-denied' | 'implicitly-denied' | 'unknown';

/** A statement that is about the request (`unknown`: perhaps). */
export interface Involved {
  readonly statement: Statement;
  readonly kind: PolicyKind;
  readonly is: 'yes' | 'unknown';
}

/** What becomes of a request. `because` is one sentence; `involved` are the statements about it, those that deny first. */
export interface IamVerdict {
  readonly decision: Decision;
  readonly because: string;
  readonly involved: readonly Involved[];
}

/**
 * The definition: what AWS makes of one request under these policies. Explicit denials anywhere win; each ceiling (control policies, endpoint, boundary,
 * session) must allow; then the caller's own policies or the resource's must, both where caller and resource are of different accounts.
 * Source: IAM user guide, "Policy evaluation logic", and "Cross-account policy evaluation logic".
 */
export function decide(request: Request, policies: PolicySet): IamVerdict {
  return new Deciding(request, policies).verdict();
}

class Deciding {
  readonly #request: Request;
  readonly #policies: PolicySet;
  readonly #context: Context;
  readonly #involved: Involved[] = [];

  constructor(request: Request, policies: PolicySet) {
    this.#request = request;
    this.#policies = policies;
    this.#context = contextOf(request);
  }

  verdict(): IamVerdict {
    const { caller, action, resource, resourceAccount } = this.#request;
    const { account, identity, boundary, session, scps, rcps, endpoints, resources, foreignIsOpen, unseenHandsOn } = this.#policies;
    const own = (id: string | null): boolean => account === null || id === null || id === account;
    const isAws = caller.type === 'AWS';
    const callers = isAws ? { identity: identity ?? [], boundary, session, scps: own(accountOf(caller)) ? scps : [] } : nobodys;
    const governing = resources.filter((p) => governs(p, resource));
    const through = endpoints.filter((p) => carries(p, action));
    const denied = or(
      ...[callers.identity, callers.boundary, callers.session, ...callers.scps, through, governing].map((layer) => this.#effect(layer, 'Deny').is),
      this.#deniedByRcps(own(resourceAccount) ? rcps : [], action),
    );
    const ceilings = [
      ...callers.scps.map((level): Layer => ({ is: this.#effect(level, 'Allow').is, lacks: 'a service control policy' })),
      ...(through.length === 0 ? [] : [{ is: this.#effect(through, 'Allow').is, lacks: 'the VPC endpoint policy' }]),
    ];
    const bounds = [
      ...(callers.boundary.length === 0 ? [] : [{ is: this.#effect(boundary, 'Allow').is, lacks: 'the permissions boundary' }]),
      ...(callers.session.length === 0 ? [] : [{ is: this.#effect(session, 'Allow').is, lacks: 'the session policy' }]),
    ];
    const ownSide = [
      ...bounds,
      { is: !isAws ? ('no' as const) : identity === null ? ('yes' as const) : this.#effect(callers.identity, 'Allow').is, lacks: 'an identity policy' },
    ];
    const granted = this.#effect(governing, 'Allow');
    const boundsHold = and(...bounds.map((b) => b.is));
    const ownHolds = and(...ownSide.map((b) => b.is));
    const cross = isAws && resourceAccount !== null && resourceAccount !== accountOf(caller);
    const missing = governing.every(isUnplaced);
    const needed = needsOwnPolicy(action, resource) && !(missing && unseenHandsOn);
    const lacks: string[] = [];
    let allowed: Truth;
    if (cross || !isAws) {
      const resourceSide = missing ? (foreignIsOpen && !own(resourceAccount) ? 'yes' : 'unknown') : granted.is;
      allowed = isAws ? and(ownHolds, resourceSide) : resourceSide;
      if (resourceSide !== 'yes') lacks.push(missing ? 'the policy of the resource, which is not in the input' : 'the policy of the resource');
    } else {
      allowed = or(granted.beyond, and(granted.named, boundsHold), needed ? (missing ? 'unknown' : and(granted.account, ownHolds)) : ownHolds);
      if (needed && granted.is !== 'yes') lacks.push(missing ? 'the policy of the key or role, which is not in the input' : 'the policy of the key or role');
    }
    lacks.unshift(...[...ceilings, ...(isAws ? ownSide : [])].filter((l) => l.is !== 'yes').map((l) => l.lacks));
    const all = and(allowed, ...ceilings.map((c) => c.is));
    return this.#said(denied, all, lacks);
  }

  #deniedByRcps(rcps: readonly Policy[], action: string): Truth {
    const under = underRcps(action);
    return under === 'no' ? 'no' : and(under, this.#effect(rcps, 'Deny').is);
  }

  #said(denied: Truth, allowed: Truth, lacks: readonly string[]): IamVerdict {
    const involved = [...this.#involved].sort((a, b) => rank(a) - rank(b));
    const first = involved[0];
    if (denied === 'yes' && first !== undefined) return { decision: 'explicitly-denied', because: `${titleOf(first)} denies it`, involved };
    const names = [...new Set(lacks)].join(' and ');
    if (allowed === 'no') return { decision: 'implicitly-denied', because: `not allowed by ${names}`, involved };
    if (denied === 'unknown' && first !== undefined)
      return { decision: 'unknown', because: `whether ${titleOf(first)} denies it is not known${whyUnsure([first])}`, involved };
    if (allowed === 'unknown') return { decision: 'unknown', because: `it is not known whether it is allowed by ${names}${whyUnsure(involved)}`, involved };
    return {
      decision: 'allowed',
      because: involved.length === 0 ? 'nothing that is given stands against it' : `allowed by ${involved.map(titleOf).join(', ')}`,
      involved,
    };
  }

  /** Whether some statement of a layer has this effect on the request; for resource policies also in which way they name the caller. */
  #effect(layer: readonly Policy[], effect: Statement['effect']): Record<'is' | Grant, Truth> {
    const found: Record<'is' | Grant, Truth> = { is: 'no', account: 'no', named: 'no', beyond: 'no' };
    for (const policy of layer)
      for (const statement of policy.statements) {
        if (statement.effect !== effect) continue;
        const { is, grant, perhapsBeyond } = matchesStatement(statement, this.#request, this.#context);
        if (is === 'no') continue;
        this.#involved.push({ statement, kind: policy.kind, is });
        found.is = or(found.is, is);
        found[grant] = or(found[grant], is);
        if (perhapsBeyond) found.beyond = or(found.beyond, 'unknown');
      }
    return found;
  }
}

interface Layer {
  readonly is: Truth;
  readonly lacks: string;
}

const nobodys = { identity: [], boundary: [], session: [], scps: [] } as const;

function rank({ statement, is }: Involved): number {
  return (statement.effect === 'Deny' ? 0 : 2) + (is === 'yes' ? 0 : 1);
}

/** Why statements that are perhaps not there at all are in doubt. */
function whyUnsure(involved: readonly Involved[]): string {
  const why = new Set(
    involved.flatMap((i) => i.statement.unsure ?? (i.is === 'unknown' && i.statement.effect === 'Allow' ? [`perhaps by ${titleOf(i)}`] : [])),
  );
  return why.size === 0 ? '' : `: ${[...why].join('; ')}`;
}

/** A statement as people find it: `policy Read, statement AllowList (2)`. */
export function titleOf({ statement }: Pick<Involved, 'statement'>): string {
  return `${statement.policy}, ${statement.sid ?? `statement ${statement.index + 1}`}`;
}
