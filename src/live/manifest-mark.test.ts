import { expect, test } from 'vitest';
import { isManifest } from './manifest-mark.ts';

test.each([
  ['a Job', 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\n', true],
  ['one behind comments and a mark', '# made by hand\n\n---\nkind: Job\napiVersion: batch/v1\n', true],
  ['one with a mark of order and ends of lines of Windows', '\uFEFFapiVersion: v1\r\nkind: Pod\r\n', true],
  ['one that begins with its name', 'metadata:\n  name: x\napiVersion: v1\nkind: Pod\n', true],
  ['what kubectl prints of many', 'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n', true],
  ['the same in JSON', '{\n    "apiVersion": "v1",\n    "items": [\n        {\n            "apiVersion": "v1",\n            "kind": "Pod"', true],
  ['one in flow style', '{apiVersion: v1, kind: Namespace, metadata: {name: ml}}', true],
  ['a log', 'step 1 loss 2.3\napiVersion: v1\nkind: Pod\n', false],
  ['a log of a collector', '{"log":"apiVersion: v1","kind":"x"}\n', false],
  ['an audit log', '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request"}\n', false],
  ['nothing', '', false],
  ['values of a chart', 'metadata:\n  a: b\nimage: x\n', false],
])('%s', (_, text, expected) => {
  expect(isManifest(Buffer.from(text, 'utf8'))).toBe(expected);
});
