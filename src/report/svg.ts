import { visible } from './visible.ts';

/** Characters of XML that would end text or an attribute, and the two that no XML may hold. Source: XML 1.0, sections 2.2 (Char) and 2.4. */
const special: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\ufffe': '\\u{fffe}',
  '\uffff': '\\u{ffff}',
};

/** One line of user text for SVG, as content or in an attribute: shown letter by letter, never as markup. */
export function svgText(text: string): string {
  return visible(text).replace(/[&<>"'\ufffe\uffff]/g, (c) => special[c] ?? c);
}

/** An element. Attributes and content are ours, or went through `svgText`; numbers are kept to a tenth of a pixel. */
export function svgElement(name: string, attributes: Readonly<Record<string, string | number>>, content: string | readonly string[] = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 10) / 10 : value}"`);
  const inside = typeof content === 'string' ? content : content.map((line) => `\n${line}`).join('') + (content.length > 0 ? '\n' : '');
  return `<${name}${written.join('')}${inside === '' ? '/>' : `>${inside}</${name}>`}`;
}

/** Colours of one class, on a light ground and on a dark one. */
export interface SvgInk {
  readonly fill?: readonly [light: string, dark: string];
  readonly stroke?: readonly [light: string, dark: string];
  /** What is the same on both. */
  readonly more?: string;
}

/** A picture that stands alone: no script, no link, nothing that is fetched. Whoever cannot see it is read the title and the description. */
export function svgDocument(
  { width, height, title, description, inks }: { width: number; height: number; title: string; description: string; inks: Readonly<Record<string, SvgInk>> },
  content: readonly string[],
): string {
  const css = (dark: 0 | 1): string =>
    Object.entries(inks)
      .map(([name, { fill, stroke, more }]) => {
        const rules = [
          fill === undefined ? '' : `fill:${fill[dark]}`,
          stroke === undefined ? '' : `stroke:${stroke[dark]}`,
          dark === 1 ? '' : (more ?? ''),
        ].filter((rule) => rule !== '');
        return rules.length === 0 ? '' : `.${name}{${rules.join(';')}}`;
      })
      .filter((rule) => rule !== '')
      .join('\n');
  return `${svgElement(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
      role: 'img',
      'aria-labelledby': 'rf-title rf-description',
      'font-family': 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif',
      'font-size': 13,
    },
    [
      svgElement('title', { id: 'rf-title' }, svgText(title)),
      svgElement('desc', { id: 'rf-description' }, svgText(description)),
      `<style>\n${css(0)}\n@media (prefers-color-scheme: dark) {\n${css(1)}\n}\n</style>`,
      ...content,
    ],
  )}\n`;
}
