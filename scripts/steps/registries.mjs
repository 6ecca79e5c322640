import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { at } from './root.mjs';

/**
 * The lists that nobody keeps by hand. Each is made from a folder listing: a file that exports the const is a member.
 * `type` is the interface of a member and where it is declared; `list` the name of the exported array; `self` the member's own word for its name.
 * With `loaded`, the list has a function for each that loads it alone, under its own word: a verb does not wait for the others.
 */
const registries = [
  { file: 'src/checks/registry.gen.ts', folder: 'src/checks', list: 'checks', member: 'check', type: 'Check', from: './check.ts', self: 'slug' },
  {
    file: 'src/dialects/registry.gen.ts',
    folder: 'src/dialects',
    inner: 'dialect.ts',
    list: 'dialects',
    member: 'dialect',
    type: 'Dialect',
    from: './dialect.ts',
    self: 'id',
  },
  {
    file: 'src/engine/profiles/registry.gen.ts',
    folder: 'src/engine/profiles',
    list: 'families',
    member: 'family',
    type: 'ProfileFamily',
    from: '../../model/profile.ts',
    self: 'name',
  },
  { file: 'src/jobs/registry.gen.ts', folder: 'src/jobs', list: 'expanders', member: 'expander', type: 'JobExpander', from: './expander.ts' },
  {
    file: 'src/frameworks/registry.gen.ts',
    folder: 'src/frameworks',
    list: 'frameworks',
    member: 'framework',
    type: 'Framework',
    from: './framework.ts',
    self: 'id',
  },
  { file: 'src/exposure/registry.gen.ts', folder: 'src/exposure', list: 'readers', member: 'reader', type: 'ExposureReader', from: './exposure-reader.ts' },
  {
    file: 'src/signatures/registry.gen.ts',
    folder: 'src/signatures',
    list: 'families',
    member: 'family',
    type: 'SignatureFamily',
    from: './signature.ts',
  },
  { file: 'src/services/registry.gen.ts', folder: 'src/services', list: 'families', member: 'family', type: 'ServiceFamily', from: './profile.ts' },
  { file: 'src/feeds/registry.gen.ts', folder: 'src/feeds', list: 'providers', member: 'provider', type: 'FeedProvider', from: './provider.ts', self: 'id' },
  { file: 'src/app/iam/lints/registry.gen.ts', folder: 'src/app/iam/lints', list: 'lints', member: 'lint', type: 'Lint', from: './lint.ts', self: 'slug' },
  { file: 'src/fabric/dumps/registry.gen.ts', folder: 'src/fabric/dumps', list: 'readers', member: 'reader', type: 'DumpReader', from: './dump-reader.ts' },
  {
    file: 'src/flows/detectors/registry.gen.ts',
    folder: 'src/flows/detectors',
    list: 'detectors',
    member: 'detector',
    type: 'Detector',
    from: '../detector.ts',
    self: 'slug',
  },
  {
    file: 'src/prometheus/catalogue/registry.gen.ts',
    folder: 'src/prometheus/catalogue',
    list: 'exporters',
    member: 'exporter',
    type: 'Exporter',
    from: './metric.ts',
    self: 'id',
  },
  { file: 'src/alerts/registry.gen.ts', folder: 'src/alerts', list: 'alerts', member: 'alert', type: 'Alert', from: './alert.ts', self: 'id' },
  {
    file: 'src/cli/commands.gen.ts',
    folder: 'src/cli/commands',
    list: 'loaders',
    member: 'command',
    type: 'Command',
    from: './command.ts',
    self: 'name',
    loaded: true,
  },
];

const camel = (slug) => slug.replace(/-+([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Members of one registry in name order: `{ name, path }`, the path relative to the project. */
function members({ folder, inner, member }) {
  if (!existsSync(at(folder))) return [];
  const exports = new RegExp(`^export const ${member}\\b`, 'm');
  return readdirSync(at(folder), { withFileTypes: true })
    .map((entry) => {
      if (inner !== undefined) return entry.isDirectory() ? { name: entry.name, path: `${folder}/${entry.name}/${inner}` } : undefined;
      const named = /^([a-z0-9][a-z0-9-]*)\.ts$/.exec(entry.name);
      return entry.isFile() && named !== null ? { name: named[1], path: `${folder}/${entry.name}` } : undefined;
    })
    .filter((found) => found !== undefined && existsSync(at(found.path)) && exports.test(readFileSync(at(found.path), 'utf8')))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A member's own word for its name, where it has one. */
const saidIn = (self, path) => new RegExp(`^\\s*(?:readonly )?${self}: '([^']*)'`, 'm').exec(readFileSync(at(path), 'utf8'))?.[1];

/** A member must call itself what its file is called. Returns what is wrong, in sentences. */
function misnamed({ self }, found) {
  if (self === undefined) return [];
  return found.flatMap(({ name, path }) => {
    const said = saidIn(self, path);
    // A verb of two words, 'iam verify', stands in iam-verify.ts.
    return said === undefined || said.replaceAll(' ', '-') === name
      ? []
      : [`${path} calls itself '${said}' (${self}), but is named '${name}': one idea, one file, one name. Rename one of them.`];
  });
}

function textOf(registry, found) {
  const up = registry.file.slice(0, registry.file.lastIndexOf('/'));
  if (registry.loaded) return loadersOf(registry, found, up);
  return [
    '// Generated from the folder listing by `npm run gen`; do not edit.',
    `import type { ${registry.type} } from '${registry.from}';`,
    ...found.map(({ name, path }) => `import { ${registry.member} as ${camel(name)}${registry.type} } from '.${path.slice(up.length)}';`),
    '',
    `/** Every ${registry.member} of \`${registry.folder}\`, in name order. */`,
    `export const ${registry.list}: readonly ${registry.type}[] = [${found.length === 0 ? '' : `\n${found.map(({ name }) => `  ${camel(name)}${registry.type},`).join('\n')}\n`}];`,
    '',
  ].join('\n');
}

function loadersOf({ type, from, folder, list, member, self }, found, up) {
  return [
    '// Generated from the folder listing by `npm run gen`; do not edit.',
    `import type { ${type} } from '${from}';`,
    '',
    `/** What loads each ${member} of \`${folder}\`, in name order. */`,
    `export const ${list}: Readonly<Record<string, () => Promise<${type}>>> = {`,
    ...found.map(({ name, path }) => `  '${saidIn(self, path) ?? name}': async () => (await import('.${path.slice(up.length)}')).${member},`),
    '};',
    '',
  ].join('\n');
}

/** What the registries should say: `{ files: [{ path, text }], problems: [sentence] }`. A registry whose interface does not exist yet is left out. */
export function registryFiles() {
  const files = [];
  const problems = [];
  for (const registry of registries) {
    const home = registry.file.slice(0, registry.file.lastIndexOf('/'));
    if (!existsSync(at(home, registry.from))) continue;
    const found = members(registry);
    problems.push(...misnamed(registry, found));
    files.push({ path: registry.file, text: textOf(registry, found) });
  }
  return { files, problems };
}

/** Writes the files whose text has changed; returns their paths. Leaves others untouched, so that nothing is rebuilt for nothing. */
export function writeChanged(files) {
  const changed = files.filter(({ path, text }) => !existsSync(at(path)) || readFileSync(at(path), 'utf8') !== text);
  for (const { path, text } of changed) writeFileSync(at(path), text);
  return changed.map(({ path }) => path);
}
