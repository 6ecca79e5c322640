/** New files by sort: slug to `{ path, text, next }`. Each text compiles as it stands and passes the tests that its folder runs on every member. */
export const templates = { check, job, framework };

function check(slug) {
  const title = slug.replaceAll('-', ' ');
  return {
    path: `src/checks/${slug}.ts`,
    next: [
      `Edit src/checks/${slug}.ts: first the two examples, then \`run\` until they hold.`,
      'npm test -- src/checks          runs both examples of every check',
      `npm run gen                     writes docs/checks/${slug}.md with what the check really prints`,
      'npm run check                   everything that the gate runs',
    ],
    text: `import type { Check } from './check.ts';

/** Marks the workloads that this template finds; replace the whole condition. */
const marker = 'example.com/${slug}';

export const check: Check = {
  slug: '${slug}',
  title: '${title}',
  severity: 'low',
  plane: 'network',
  why: 'Say in two or three sentences what breaks or leaks, and how.',
  fix: 'Say in the imperative what to change.',
  sources: ['where the fact comes from: project, file, version'],
  example: {
    bad: \`apiVersion: v1
kind: Pod
metadata:
  name: trainer
  namespace: ai-training
  labels:
    \${marker}: "true"
spec:
  containers:
  - name: trainer
    image: registry.example.com/training:v1
    resources:
      limits:
        nvidia.com/gpu: 1
\`,
    good: \`apiVersion: v1
kind: Pod
metadata:
  name: trainer
  namespace: ai-training
spec:
  containers:
  - name: trainer
    image: registry.example.com/training:v1
    resources:
      limits:
        nvidia.com/gpu: 1
\`,
  },
  *run({ snapshot, training }) {
    for (const workload of snapshot.workloads) {
      if (!training.has(workload.id) || !Object.hasOwn(workload.labels, marker)) continue;
      yield {
        severity: 'low',
        confidence: 'certain',
        message: \`\${workload.namespace}/\${workload.name} carries the label \${marker}.\`,
        primary: workload.origin,
        related: [],
        fix: \`Remove the label \${marker}.\`,
        subjects: [\`\${workload.namespace}/\${workload.name}\`],
      };
    }
  },
};
`,
  };
}

function job(slug) {
  const kind = slug
    .split('-')
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join('');
  return {
    path: `src/jobs/${slug}.ts`,
    next: [
      `Edit src/jobs/${slug}.ts: the API group, the kind, and how its custom resource becomes pods (labels, ports, replicas), each with its source.`,
      `Add src/jobs/${slug}.test.ts with a manifest as users write it.`,
      'npm run check                   everything that the gate runs',
    ],
    text: `import { ok } from '../kernel/result.ts';
import type { JobExpander } from './expander.ts';

/** ${kind}: say who makes its pods and with which labels. Source: where its controller sets them. */
export const expander: JobExpander = {
  kinds: [{ group: 'example.com', kind: '${kind}' }],
  endsWhenDone: true,
  expand: () => ok([]),
};
`,
  };
}

function framework(slug) {
  const title = slug.replaceAll('-', ' ');
  return {
    path: `src/frameworks/${slug}.ts`,
    next: [
      `Edit src/frameworks/${slug}.ts: what shows it in a job, who dials whom, and on which ports, each with its source.`,
      'Add a row to src/frameworks/frameworks.test.ts: a manifest, and the passages it must give.',
      'npm run gen                     writes docs/frameworks.md',
      'npm run check                   everything that the gate runs',
    ],
    text: `import { everyoneDialsEveryone } from './among.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { startedBy } from './signs.ts';

/** Say what it is and who dials whom. Source: project and file. */
export const framework: Framework = {
  id: '${slug}',
  title: '${title}',
  kind: 'framework',
  about: 'Every rank dials every other at ports that the kernel picks.',
  sources: ['where the fact comes from: project and file'],
  knobs: [listenerPin],
  fixedPorts: [],
  detect: (job) => startedBy(job, ['${slug}']),
  passages: (job) => [
    everyoneDialsEveryone(job, {
      id: '${slug}/ranks',
      purpose: 'collectives',
      title: 'collectives',
      ports: [{ kind: 'ephemeral' }],
      because: 'its listeners ask the kernel for a port',
      source: 'where the fact comes from: project and file',
    }),
  ],
};
`,
  };
}
