import type { TextContext } from './context.ts';
import { visible } from './visible.ts';
import { fold } from './width.ts';

/** What a report rests on, a point each, for text: sources are left to the other formats, which people read at leisure. Empty when there is nothing. */
export function assumptionLines(assumptions: readonly string[], { pen }: TextContext): string[] {
  if (assumptions.length === 0) return [];
  const points = assumptions.map((text) => visible(text.split(' Source: ')[0] ?? text));
  return ['Rests on:', ...points.flatMap((point) => fold(point, pen.style.width - 4).map((line, i) => `  ${i === 0 ? pen.glyphs.dot : ' '} ${line}`))];
}
