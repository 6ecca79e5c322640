import { expect, test } from 'vitest';
import { asked, deny, job, only, space } from '../../cases/support/asked-job.ts';
import { preflightHeadline } from './preflight-text.ts';

const alone = (env = ''): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: one, namespace: ml}
spec: {template: {spec: {restartPolicy: Never, dnsPolicy: None, containers: [{name: c, image: "acme:1", command: [python, t.py], env: [{name: A, value: b}${env}]}]}}}
`;
const place = ', {name: DB, value: "postgres://10.0.0.9"}';

test.each<[string, readonly string[], string]>([
  [alone(), [space], 'would run: it needs nothing of the network, as far as it shows'],
  [alone(place), [space], 'would run: the one path that it needs is open'],
  [alone(place), [space, deny], 'would not run: the one path it needs blocked'],
  [job(), [space], 'would run: all 3 paths that it needs are open'],
  [job(), [space, deny], 'would not run: all 3 paths it needs blocked'],
])('the headline counts as people do', (text, cluster, headline) => expect(preflightHeadline(only(asked(text, cluster)))).toBe(headline));
