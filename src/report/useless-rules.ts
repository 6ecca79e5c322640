import type { RuleMeta } from './sarif.ts';

const about = {
  dead: [
    'matches nothing',
    'low',
    'No packet between parties of the input matches it: a selector that is misspelt, or an object that outlived its pods.',
    'Correct its selectors, or remove it, unless it is for pods to come.',
  ],
  shadowed: [
    'never decides',
    'medium',
    'Others settle all that it matches, the other way. Whoever wrote it believes in a rule that does nothing.',
    'Decide which is meant; it may be for pods to come.',
  ],
  redundant: [
    'changes nothing',
    'info',
    'Others settle all that it matches in the same way. What is said twice is changed once.',
    'Remove it, unless it is for pods to come.',
  ],
} as const;

/** What `query` finds with --dead, --shadowed and --redundant, for SARIF. */
export const uselessRules: readonly RuleMeta[] = (['policy', 'rule'] as const).flatMap((what) =>
  (['dead', 'shadowed', 'redundant'] as const).map((how) => {
    const [title, severity, why, fix] = about[how];
    return { slug: `${what}-${how}`, title: `A ${what} that ${title}`, severity, plane: 'network', why, fix };
  }),
);
