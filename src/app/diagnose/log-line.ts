import { isMap, memberOf } from '../../kernel/map.ts';
import { isColoured, withoutColours } from './control-sequences.ts';

/** Longest line that is looked at, in bytes; of longer ones the beginning counts. */
export const longestLine = 16_384;

/** Longest text of a quote in UTF-16 code units. */
const longestQuote = 300;

/** A line as it is quoted. */
export function quoted(text: string): string {
  return text.length <= longestQuote ? text : `${text.slice(0, longestQuote)}…`;
}

/** Who printed a line. `vouched`: a collector or kubectl says so, and the name is a pod's; else the line itself does, where the name is a host's. */
export interface Printer {
  readonly name: string;
  readonly vouched: boolean;
}

/** A line without what runtimes and collectors put around it. `who` printed it, where that is told. */
export interface LogLine {
  /** One text, or the lines of a traceback that stood in one field. */
  readonly texts: readonly string[];
  readonly who: Printer | null;
  /** When the runtime or a collector says that it was printed. */
  readonly stamp: string | number | null;
  /** Whether texts may stand in it now that did not stand in its bytes: colours can stand in the midst of one. */
  readonly altered: boolean;
}

/**
 * `2026-11-26T10:00:00.123456789Z stdout F text`, and without the stream from `kubectl logs --timestamps`. Source: kubernetes CRI logging format,
 * kubernetes/design-proposals-archive node/kubelet-cri-logging.md.
 */
const criPrefix = /^(\d{4}-\d\d-\d\dT[0-9:.]{1,20}(?:Z|[+-]\d\d:\d\d)) (?:(?:stdout|stderr) [FP] )?/;

/** `[pod/name/container] text`. Source: kubernetes kubectl logs --prefix. */
const kubectlPrefix = /^\[pod\/([a-z0-9.-]{1,253})\/[a-z0-9.-]{1,63}\] /;

/** `[pod] text` and `[pod container] text`. Source: johanhaleby/kubetail, its line prefix. */
const kubetailPrefix = /^\[([a-z0-9][a-z0-9.-]{0,235}-[a-z0-9]{1,16})(?: [a-z0-9.-]{1,63})?\] /;

/** `pod container text`, or with a namespace before; the name ends as operators end it. Source: stern/stern, its default template. */
const sternPrefix = /^(?:[a-z0-9-]{1,63} )?([a-z0-9][a-z0-9-]{0,240}-(?:\d{1,6}|[a-z0-9]{5})) [a-z0-9-]{1,63} ([›│] )?/;

/** Characters that are enough to tell how a line begins. */
const longestBeginning = 80;

/** The last line of a traceback, and words that stand before one in a sentence. */
const exception = /^[A-Z][A-Za-z]{1,60}Error: /;
const sentence =
  / (?:raise[ds]|throws|threw|catches|caught|get|gets|got|has|had|hits?|met|sees|saw|reports?|reported|fails|failed|died|ended|crashed|exited|stopped|retries|with|on|in|by|to|of|for|from|after|and|or|is|was|no|the|an?) $/;

/** `[default0]:` of torchrun's redirects and `[rank3]:` of torch. Source: pytorch torch/distributed/elastic/multiprocessing/tail_log.py; torch/_logging. */
const rankPrefix = /^\[(?:default|rank)\d{1,6}\]:/;

/** `host:pid:tid [device] `, as NCCL begins each line; a time in brackets may come first. Source: NVIDIA/nccl src/debug.cc. */
const ncclPrefix = /^(?:\[[^\]\n]{1,40}\] )?([A-Za-z0-9][A-Za-z0-9.-]{0,252}):\d{1,10}:\d{1,10} \[\d{1,3}\] /;

/** Fields in which collectors keep the line; like all that are read here, no object has them that was not given them. Sources: Docker json-file; Fluent Bit and Fluentd; Google Cloud Logging; structlog, zap, logrus. */
const textFields = ['log', 'message', 'msg', 'textPayload', 'jsonPayload', 'event'];

/** Of programs that write the line as `text`, with all about it in `record`; `text` alone is what data sets call theirs. Source: Delgan/loguru loguru/_handler.py, _serialize_record. */
const recordedText = 'text';

/** Fields in which a traceback stands beside the line. Source: structlog, format_exc_info; zap, stacktrace; python-json-logger, exc_info. */
const tracebackFields = ['exception', 'exc_info', 'stacktrace'];

/** Fields in which collectors and programs keep the time. Sources: Docker json-file; Logstash; Google Cloud Logging; zap; Fluent Bit; python-json-logger. */
const timeFields = ['time', '@timestamp', 'timestamp', 'ts', 'date', 'asctime'];

/** Wrappings that stand in each other; more are hostile. */
const mostWrappings = 4;

/** Lines of a traceback that are looked at, from its end. */
const mostTexts = 400;

const none: readonly string[] = [];

/**
 * Takes off what stands around a line: JSON of collectors, CRI, prefixes of kubectl, kubetail, stern and torchrun, colours. What a program prints of the data
 * that it trains on is left out, unless it is wanted.
 */
export function unwrapped(raw: string, wanted?: 'with data'): LogLine {
  const coloured = isColoured(raw);
  let text = withoutColours(raw);
  let who: Printer | null = null;
  let stamp: string | number | null = null;
  let beside: readonly string[] = none;
  let isJson = false;
  for (let i = 0; i < mostWrappings; i++) {
    const dated = isDigitAt(text, 0) ? criPrefix.exec(text) : null;
    const undated = dated === null ? text : text.slice(dated[0].length);
    const prefix = undated.startsWith('{') ? null : prefixOf(undated);
    const rest = prefix === null ? undated : undated.slice(prefix.length);
    const inner = rest.startsWith('{') ? fromJson(rest) : null;
    // What is inside a line that kubectl or a collector names may be anything, and JSON inside JSON is the program's own.
    if (who?.vouched !== true) {
      const printer = prefix?.printer ?? null;
      const collector = i === 0 ? inner?.who : null;
      who = printer?.vouched === true && i === 0 ? printer : (collector ?? who ?? unsure(printer ?? inner?.who ?? null));
    }
    // Who is outermost saw it last, and has the clock of a node, not that of a program.
    stamp ??= dated?.[1] ?? inner?.stamp ?? null;
    if (inner !== null) isJson = true;
    if (inner !== null && inner.beside.length > 0) beside = [...inner.beside, ...beside];
    const before = text;
    text = inner?.text ?? rest;
    // What has no JSON in it has no second wrapping of its own.
    if (text === before || (inner === null && !rest.startsWith('[') && !isDigitAt(rest, 0))) break;
  }
  if (!isJson) {
    const said = withoutRanks(text);
    const texts = wanted === undefined && isData(said) ? none : [said];
    return { texts, who: who ?? hostIn(texts), stamp, altered: coloured };
  }
  const trimmed = text.trimEnd();
  const lines = beside.length === 0 && !hasLineEnd(trimmed) ? [trimmed] : [text, ...beside].flatMap(linesOf).slice(-mostTexts);
  const texts = lines.map(bare).filter((line) => wanted !== undefined || !isData(line));
  // Strings of JSON can hold what their bytes do not.
  return { texts, who: who ?? hostIn(texts), stamp, altered: coloured || lines.some(isColoured) };
}

/**
 * How samples begin that a program prints of what it trains on, which may quote any error: an object of JSON without a line of a log in it, or of Python; a
 * member of one that is printed over several lines, except for those in which collectors keep lines; a turn of a conversation. Sources: the layouts of
 * Hugging Face datasets and of OpenAI's chat format; docs.python.org, repr of dict; the ChatML template.
 */
const sample = /^\s{0,80}(?:\{\s{0,8}['"]|\[\{|<\|[a-z_]{1,32}\|>|(?:assistant|human|user|prompt|question|instruction|answer|response|completion|gpt|bot):\s)/i;
const member = /^\s{0,80}"([A-Za-z_][\w-]{0,63})"\s{0,8}:/;

function isData(text: string): boolean {
  if (sample.test(text)) return true;
  const name = member.exec(text)?.[1];
  return name !== undefined && !textFields.includes(name) && !tracebackFields.includes(name);
}

/** Torchrun puts its own before that of torch: `[default3]:[rank3]: text`. */
function withoutRanks(text: string): string {
  return withoutRank(withoutRank(text));
}

function withoutRank(text: string): string {
  if (!text.startsWith('[rank') && !text.startsWith('[default')) return text;
  if (!rankPrefix.test(text)) return text;
  const end = text.indexOf(':') + 1;
  return text.slice(text[end] === ' ' ? end + 1 : end);
}

/** A line that stood in a string of JSON, without its colours and rank. */
function bare(line: string): string {
  return withoutRanks(withoutColours(line)).slice(0, longestLine);
}

function hasLineEnd(text: string): boolean {
  return text.includes('\n') || text.includes('\r');
}

function linesOf(text: string): readonly string[] {
  const trimmed = text.trimEnd();
  return hasLineEnd(trimmed) ? trimmed.split(/[\r\n]/) : [trimmed];
}

/** The host by which NCCL says who prints. */
function hostIn(texts: readonly string[]): Printer | null {
  for (const text of texts) {
    if (!mayBeNccl(text)) continue;
    const name = ncclPrefix.exec(text)?.[1];
    if (name !== undefined) return { name, vouched: false };
  }
  return null;
}

/** Whether a number stands behind the first colon, as behind the host of NCCL: most lines are told by that, and no pattern is tried on them. */
function mayBeNccl(text: string): boolean {
  const colon = text.indexOf(':', text.startsWith('[') ? text.indexOf('] ') + 2 : 0);
  return colon > 0 && isDigitAt(text, colon + 1);
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function unsure(printer: Printer | null): Printer | null {
  return printer === null ? null : { ...printer, vouched: false };
}

/** How long a prefix is that tells who printed, and whom it tells. Only that of kubectl says so for sure: the others can be part of what a program says. */
function prefixOf(text: string): { readonly length: number; readonly printer: Printer } | null {
  if (text.startsWith('[')) {
    const vouched = text.startsWith('[pod/');
    const found = (vouched ? kubectlPrefix : kubetailPrefix).exec(text);
    if (found !== null) return { length: found[0].length, printer: { name: found[1] ?? '', vouched } };
  } else if (startsWithWord(text)) {
    const found = sternPrefix.exec(text);
    // Stern writes no brackets: what looks like its prefix may be a sentence, unless what follows stands at the beginning of lines only.
    if (found !== null) {
      const [before, name = '', sign] = found;
      const { length } = before;
      const isSure = sign !== undefined || beginsLine(text.slice(length, length + longestBeginning), before);
      return { length: isSure ? length : 0, printer: { name, vouched: false } };
    }
  }
  return null;
}

/** Whether what follows the words `before` is how lines begin, and hardly what a sentence goes on with. */
function beginsLine(text: string, before: string): boolean {
  if (text.startsWith('{') || text.startsWith('[rank') || text.startsWith('[default')) return true;
  return isDigitAt(text, 0) ? criPrefix.test(text) : exception.test(text) && !sentence.test(before);
}

/** Whether a space comes before the first colon: lines of programs that begin `host:pid:` cost no look for a prefix. */
function startsWithWord(text: string): boolean {
  const colon = text.indexOf(':');
  const space = text.indexOf(' ');
  return space > 0 && (colon < 0 || space < colon);
}

/**
 * The pod whose log a file is, from its name: `llm-worker-3.log`, `/var/log/containers/POD_NAMESPACE_CONTAINER-ID.log`, `/var/log/pods/NAMESPACE_POD_UID/…`.
 * Source: kubernetes pkg/kubelet/kuberuntime/legacy.go and helpers.go. Null where the name does not end as operators number pods.
 */
export function printerOfFile(file: string): Printer | null {
  const parts = file.split('/');
  const folder = parts.map((p) => /^[a-z0-9-]{1,63}_([a-z0-9.-]{1,253})_[0-9a-f-]{32,36}$/.exec(p)?.[1]).find((p) => p !== undefined);
  if (folder !== undefined) return { name: folder, vouched: false };
  const [name = ''] = (parts.at(-1) ?? '').replace(/(?:\.(?:log|txt|out|err|json|gz|\d{1,4})){1,6}$/, '').split('_');
  return /^[a-z0-9](?:[a-z0-9-]{0,240}[a-z0-9])?-\d{1,6}(?:-[a-z0-9]{5})?$/.test(name) ? { name, vouched: false } : null;
}

/** What an object of JSON keeps of a line. */
interface Inner {
  readonly text: string;
  readonly beside: readonly string[];
  readonly who: Printer | null;
  readonly stamp: string | number | null;
}

function fromJson(json: string): Inner | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isMap(value)) return null;
  const text = textIn(value);
  const beside = tracebacksIn(value);
  if (text === null && beside.length === 0) return null;
  const pod = podIn(value);
  return { text: text ?? '', beside, who: typeof pod === 'string' ? { name: pod, vouched: true } : null, stamp: stampIn(value) };
}

type Fields = Readonly<Record<string, unknown>>;

function textIn(value: Fields): string | null {
  for (const name of textFields) {
    const field = value[name];
    if (field === undefined) continue;
    if (typeof field === 'string') return field;
    const deeper = memberOf(field, 'message') ?? memberOf(field, 'msg');
    if (typeof deeper === 'string') return deeper;
  }
  const recorded = value[recordedText];
  return typeof recorded === 'string' && isMap(value.record) ? recorded : null;
}

function tracebacksIn(value: Fields): readonly string[] {
  let found = none;
  for (const name of tracebackFields) {
    const field = value[name];
    if (typeof field === 'string') found = [...found, field];
  }
  return found;
}

function podIn(value: Fields): unknown {
  const { kubernetes, resource, pod } = value;
  const collected = kubernetes === undefined ? undefined : (memberOf(kubernetes, 'pod_name') ?? memberOf(kubernetes, 'pod', 'name'));
  return collected ?? (resource === undefined ? undefined : memberOf(resource, 'labels', 'pod_name')) ?? pod;
}

function stampIn(value: Fields): string | number | null {
  for (const name of timeFields) {
    const field = value[name];
    if (typeof field === 'string' || typeof field === 'number') return field;
  }
  return null;
}
