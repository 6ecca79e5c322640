import type { Container } from '../../model/workload.ts';

/** Longest text that is looked at for places, in UTF-16 code units. */
export const longestText = 65_536;

/** `$(NAME)` and `${NAME}` replaced by what the manifest says, a few deep; others stay. Source: kubernetes/kubernetes third_party/forked/golang/expansion. */
export function expanded(text: string, { env }: Pick<Container, 'env'>, depth = 0): string {
  if (depth > 3 || !text.includes('$') || text.length > longestText) return text;
  let room = longestText;
  const next = text.replaceAll(/\$[({]([A-Za-z_][A-Za-z0-9_]{0,99})[)}]/g, (all, name: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : null;
    if (value === null || value === undefined || value.length > room) return all;
    room -= value.length;
    return value;
  });
  return next === text ? text : expanded(next, { env }, depth + 1);
}
