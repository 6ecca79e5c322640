import { readDump } from '../../fabric/dumps/read-dump.ts';
import type { Fact } from '../../fabric/facts.ts';
import { isHostMap, readHostMap } from '../../fabric/host-map.ts';
import type { PartitionsFile } from '../../fabric/partitions/partitions.ts';
import { readPartitions } from '../../fabric/partitions/read-partitions.ts';
import { LineLocator, placeIn } from '../../fabric/place.ts';
import { isUfmPkeys, readUfmPkeys } from '../../fabric/ufm.ts';
import type { Locator } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import type { SourceText } from '../../kernel/source-text.ts';

/** What the inputs of an audit are, by content. */
export interface Evidence {
  readonly facts: readonly Fact[];
  /** Null: none was given. */
  readonly partitions: PartitionsFile | null;
  /** Manifests of the cluster. */
  readonly manifests: readonly SourceText[];
  /** What each file was taken for. */
  readonly taken: readonly { readonly file: string; readonly as: string }[];
  readonly diagnostics: readonly Diagnostic[];
  readonly locator: Locator;
}

/** Recognises each text by what stands in it. `partitions` are texts that are partition files because the user says so, whatever is in them. */
export function readEvidence(texts: readonly SourceText[], partitions: readonly SourceText[] = []): Evidence {
  // One by one: a call with as many arguments as a large file has facts is too many for the stack.
  const facts: Fact[] = [];
  const manifests: SourceText[] = [];
  const configured = [...partitions];
  const taken: { file: string; as: string }[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const source of texts) {
    if (partitions.some((p) => p.file === source.file)) continue;
    const json = jsonOf(source.text);
    if (isUfmPkeys(json)) {
      for (const fact of readUfmPkeys(json, source)) facts.push(fact);
      taken.push({ file: source.file, as: 'UFM partitions' });
    } else if (/^["']?(?:apiVersion|kind)["']?:/m.test(source.text) || (json !== undefined && /"apiVersion"/.test(source.text))) {
      manifests.push(source);
      taken.push({ file: source.file, as: 'manifests' });
    } else if (isHostMap(source.text)) {
      for (const fact of readHostMap(source)) facts.push(fact);
      taken.push({ file: source.file, as: 'map of hosts to GUIDs' });
    } else if (isPartitions(source)) configured.push(source);
    else {
      const dump = readDump(source);
      for (const fact of dump.facts) facts.push(fact);
      for (const diagnostic of dump.diagnostics) diagnostics.push(diagnostic);
      if (dump.tools.size > 0) taken.push({ file: source.file, as: [...dump.tools].join(', ') });
      else diagnostics.push(unrecognised(source.file));
    }
  }
  const [first, ...more] = configured;
  if (first !== undefined) taken.push({ file: first.file, as: 'partitions.conf' });
  for (const { file } of more)
    diagnostics.push({
      code: 'partitions-twice',
      severity: 'error',
      message: `There are two partition files; a subnet manager reads one. This one is left out, ${first?.file} counts.`,
      hint: 'Give the one that the subnet manager reads (partition_config_file of opensm.conf, else /etc/opensm/partitions.conf).',
      origin: placeIn(file, 1),
    });
  return {
    facts,
    partitions: first === undefined ? null : readPartitions(first),
    manifests,
    taken,
    diagnostics,
    locator: new LineLocator([...texts, ...partitions]),
  };
}

function jsonOf(text: string): unknown {
  if (!/^\s{0,1000}[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Characters that are enough to tell a partition file. */
const looked = 65_536;

/** Whether a text is a partition file: it is called so, or its first words that are no comment are those of one. */
function isPartitions({ file, text }: SourceText): boolean {
  if (/(?:^|\/)[^/]*partitions?[^/]*\.conf[^/]*$/i.test(file)) return true;
  const body = text
    .slice(0, looked)
    .split('\n')
    .map((line) => line.split('#', 1)[0]?.trim() ?? '')
    .find((line) => line !== '');
  return body !== undefined && body.length <= 4096 && /^[\w.-]{0,64}\s{0,8}=\s{0,8}(?:0x)?[0-9a-fA-F]{1,6}\s{0,8}[,:]/.test(body);
}

function unrecognised(file: string): Diagnostic {
  return {
    code: 'unrecognised-dump',
    severity: 'warning',
    message: 'Nothing in this file is known: it is no dump of a fabric, no configuration of OpenSM and no manifest.',
    hint: 'Known are ibnetdiscover (also -p), smpquery pkeys, saquery PKTR and NR, ibstat, sminfo, perfquery, opensm.conf, partitions.conf, opensm logs, UFM answers, CSV of hosts and GUIDs.',
    origin: placeIn(file, 1),
  };
}
