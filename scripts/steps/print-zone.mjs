import { built, generatedNote } from './printing.mjs';

const page = 'docs/zone.md';

/** The zone's field reference and its JSON Schema for editors, both from the one schema that reads zone files. */
export async function zoneFiles() {
  const { zoneJsonSchema } = await built('index.js');
  const schema = zoneJsonSchema();
  const { $schema, ...rest } = schema;
  const published = { $schema, $id: 'https://ringfence.dev/schemas/zone.v1alpha1.json', title: 'TrainingZone', ...rest };
  return [
    { path: 'schemas/zone.v1alpha1.json', text: `${JSON.stringify(published, null, 2)}\n` },
    { path: page, text: pageOf(schema) },
  ];
}

function pageOf(schema) {
  const sections = [];
  collect('', schema, sections);
  return [
    '# The zone file',
    '',
    generatedNote('src/spec/schema.ts'),
    '',
    'A zone says what is wanted; everything else is derived from it. Unknown fields are errors, and every field that may be left out shows what it then is.',
    'Start from `ringfence init`, or from [a complete example](../examples/shared-cluster/zone.yaml). Editors that read JSON Schema can use',
    '[zone.v1alpha1.json](../schemas/zone.v1alpha1.json).',
    ...sections.flatMap(({ path, description, rows }) => [
      '',
      `## ${path === '' ? 'The document' : `\`${path}\``}`,
      '',
      ...(description ? [description, ''] : []),
      ...rows,
    ]),
    '',
  ].join('\n');
}

/** One section an object, depth first, in the order of the schema. */
function collect(path, schema, sections) {
  const properties = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  sections.push({
    path,
    description: schema.description,
    rows: [
      '| field | | left out | meaning |',
      '| --- | --- | --- | --- |',
      ...properties.map(
        ([name, field]) =>
          `| ${linked(path, name, field)} | ${cell(typeOf(field))} | ${leftOut(field, required.has(name))} | ${cell(field.description ?? '')} |`,
      ),
    ],
  });
  for (const [name, field] of properties) {
    for (const [suffix, inner] of objectsIn(field)) {
      const described = inner.description === undefined && field.description !== undefined ? { ...inner, description: field.description } : inner;
      collect(join(path, name) + suffix, described, sections);
    }
  }
}

const join = (path, name) => (path === '' ? name : `${path}.${name}`);

/** The objects with fields of their own that a field holds: itself, its items, its alternatives. */
function objectsIn(field) {
  if (field.properties !== undefined) return [['', field]];
  if (field.items !== undefined) return objectsIn(field.items).map(([suffix, inner]) => [`[]${suffix}`, inner]);
  const alternatives = (field.anyOf ?? []).flatMap(objectsIn);
  return alternatives.map(([suffix, inner]) => [alternatives.length > 1 ? `${suffix} (with ${Object.keys(inner.properties)[0]})` : suffix, inner]);
}

const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function linked(path, name, field) {
  const [first] = objectsIn(field);
  return first === undefined ? `\`${name}\`` : `[\`${name}\`](#${anchor(join(path, name) + first[0])})`;
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function leftOut(field, required) {
  if (required) return '**needed**';
  if (field.default === undefined) return '—';
  const text = typeof field.default === 'string' ? field.default : JSON.stringify(field.default);
  if (text === '{}' && field.properties !== undefined) return 'its defaults';
  return text === '{}' || text === '[]' ? 'none' : `\`${cell(text)}\``;
}

function typeOf(field) {
  if (field.const !== undefined) return `\`${field.const}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${value}\``).join(' ');
  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map(typeOf))].join(' or ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  if (field.properties !== undefined) return 'object';
  if (field.additionalProperties !== undefined || field.type === 'object') return 'map';
  if (field.type === 'integer' && field.minimum !== undefined && field.maximum !== undefined && field.maximum < Number.MAX_SAFE_INTEGER)
    return `${field.minimum}–${field.maximum}`;
  return field.type ?? 'text';
}
