import type { IamWitness } from '../model/iam-witness.ts';
import type { TextContext } from './context.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

/** Actions named beside each request. */
const mostActions = 4;

/** One request as people write it down, and the statements about it. */
export function witnessLines(witness: IamWitness, context: TextContext): string[] {
  const { pen } = context;
  const more = witness.actions.filter((a) => a !== witness.action);
  const like =
    more.length === 0
      ? []
      : [`      so may ${more.slice(0, mostActions).map(visible).join(', ')}${more.length > mostActions ? ` and ${more.length - mostActions} more` : ''}`];
  const ink = witness.decision === 'allowed' ? 'red' : 'yellow';
  return [
    ...wrap(visible(witness.story), pen.style.width - 4).map((line) => `    ${line}`),
    `      ${pen.ink(visible(witness.decision), ink, 'bold')}  ${visible(witness.action)}  ${visible(witness.resource)}`,
    `      by ${visible(witness.caller)}${witness.foreignAccount === null ? '' : `, in account ${visible(witness.foreignAccount)}`}`,
    ...witness.keys.slice(0, 12).map(({ key, values }) => `      with ${visible(key)} = ${values.map(visible).join(', ')}`),
    ...like.map((line) => pen.ink(line, 'dim')),
    ...(witness.steps.length === 0 ? [`      ${visible(witness.because)}`] : []),
    ...witness.steps
      .slice(0, 6)
      .map(
        ({ title, effect, policy, certain, origin }) =>
          `      ${certain ? '' : 'perhaps '}${effect}  ${visible(title)} (${policy})  ${placeOf(origin, context.locator)}`,
      ),
  ];
}
