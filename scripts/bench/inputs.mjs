// Inputs of which only the reading is measured. `files` gives plain files: { path, text }.
import { dump } from 'js-yaml';
import { livePods } from './live-pods.mjs';
import { shapes as clusters, listFile } from './scale.mjs';

/** As kubectl prints: lists no deeper than their key, no line broken. */
const asYaml = (object) => dump(object, { noArrayIndent: true, lineWidth: -1, noRefs: true });

const indented = (text) => text.replace(/^(?=.)/gm, '  ').replace(/^ {2}/, '- ');

function* byNamespace(objects) {
  const files = new Map();
  for (const object of objects) {
    const space = object.metadata.namespace ?? object.metadata.name;
    files.set(space, [...(files.get(space) ?? []), asYaml(object)]);
  }
  for (const [space, texts] of files) yield { path: `${space}.yaml`, text: texts.join('---\n') };
}

export const inputs = {
  'live-json': {
    what: '20,000 live pods, one List, as `kubectl get -o json` but without blanks',
    files: () => [listFile('live-json', livePods(20_000))],
  },
  'live-yaml-list': {
    what: '5,000 live pods, one List, as `kubectl get -o yaml`',
    files: () => [{ path: 'live.yaml', text: `apiVersion: v1\nitems:\n${[...livePods(5000)].map((o) => indented(asYaml(o))).join('')}kind: List\n` }],
  },
  'live-yaml-stream': {
    what: '5,000 live pods, one file with a document each',
    files: () => [{ path: 'live.yaml', text: [...livePods(5000)].map(asYaml).join('---\n') }],
  },
  'yaml-folder': {
    what: `${clusters['teams-2500x40'].what}, a YAML file a namespace`,
    files: () => [...byNamespace(clusters['teams-2500x40'].make())],
  },
};
