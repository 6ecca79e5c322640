// Every input that the benchmarks read, by name, as plain files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fabricInputs, fabricShapes } from './fabric.mjs';
import { feeds } from './feeds.mjs';
import { questions, rolePolicies } from './iam.mjs';
import { inputs } from './inputs.mjs';
import { logs } from './logs.mjs';
import { shapes as clusters, listFile } from './scale.mjs';
import { shapes as teams, teamsCluster } from './teams.mjs';

const files = new Map([
  ...Object.entries(teams).map(([name, shape]) => [name, () => teamsCluster(shape)]),
  ...Object.entries(clusters).map(([name, { make }]) => [name, () => [listFile(name, make())]]),
  ...Object.entries(inputs).map(([name, input]) => [name, input.files]),
  ...Object.entries(feeds).map(([name, { make }]) => [name, () => [{ path: `${name}.json`, text: make(0) }]]),
  ...Object.keys(questions).map((name) => [
    name,
    () => rolePolicies(name).map((policy, i) => ({ path: `policy-${i}.json`, text: JSON.stringify(policy, null, 2) })),
  ]),
  ...Object.entries(fabricShapes).map(([name, shape]) => [
    name,
    () => {
      const { zones, dumps } = fabricInputs(shape);
      return [...zones, ...dumps].map(({ file, text }) => ({ path: file, text }));
    },
  ]),
  ...Object.entries(logs).map(([name, { make }]) => [name, () => [{ path: `${name}.log`, text: make().toString() }]]),
]);

export const shapeNames = [...files.keys()];

/** The files of a shape: { path, text }. */
export function filesOf(name) {
  return files.get(name)();
}

/** Writes the files of a shape into a folder, which is made where it is missing. Returns how many. */
export function emitInput(folder, name) {
  mkdirSync(folder, { recursive: true });
  const all = filesOf(name);
  for (const { path, text } of all) writeFileSync(join(folder, path), text);
  return all.length;
}
