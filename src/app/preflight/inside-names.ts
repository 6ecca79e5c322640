import type { Service } from '../../model/cluster.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import { replicaCalled, replicaChosen } from './one-pod.ts';

/** A Service by its name, and the pod behind it that is meant where the name begins with one. */
export interface Inside {
  readonly name: string;
  readonly namespace: string;
  readonly pod: string | null;
  /** Whether it can be nothing else. */
  readonly certain: boolean;
}

/** Last labels that are somebody's outside. Source: IANA, Root Zone Database; RFC 2606. */
const topLevel: ReadonlySet<string> = new Set(
  'com org net edu gov mil int info dev app cloud tech xyz biz arpa example online site store network systems services'.split(' '),
);

/** Those of two letters. Source: IANA, Root Zone Database; ISO 3166-1. */
const countries: ReadonlySet<string> = new Set(
  [
    'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co',
    'cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn',
    'hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm',
    'mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb',
    'sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn',
    'vu wf ws ye yt za zm zw',
  ].flatMap((line) => line.split(' ')),
);

/** Last labels of private names, which a resolver of the place answers. Sources: RFC 6761, section 6; RFC 6762, section 3 and appendix G. */
const privateUse: ReadonlySet<string> = new Set(['internal', 'corp', 'lan', 'local', 'home', 'intranet', 'private', 'test', 'invalid']);

/**
 * Service, or pod of a headless Service, that a name in the cluster stands for; null where it is one outside. A name of fewer than five dots is looked for under
 * the search list first: `redis.db` is pod `redis` of Service `db`, then Service `redis` of namespace `db`, and only then a name outside. So it is what the input
 * has of these. What the input does not have may be in the cluster all the same, and is left open, but for names that end as names outside do: of two labels
 * those count as outside only at the ports of the web, unless there is a namespace of that name.
 * Sources: kubernetes/kubernetes pkg/kubelet/network/dns/dns.go generateSearchesForDNSClusterFirst, defaultDNSOptions (ndots:5); resolv.conf(5); kubernetes.io, DNS for Services and Pods.
 */
export function insideOf(snapshot: Snapshot, host: string, port: number, own: string): Inside | null {
  const parts = host.split('.');
  const end = parts.indexOf('svc', 1);
  const [first = '', second = own, third] = end < 0 ? parts : parts.slice(0, end);
  const asService = { name: first, namespace: second, pod: null, certain: true };
  const asPod =
    third === undefined ? { name: second, namespace: own, pod: first, certain: true } : { name: second, namespace: third, pod: first, certain: true };
  if (parts.length === 1) return asService;
  if (end >= 0) return end === 3 ? asPod : end <= 2 ? asService : null;
  if (parts.length > 3) return null;
  const known = [...(parts.length === 2 ? [asPod, asService] : [asPod])];
  const found = known.find((inside) => serviceOf(snapshot, inside) !== undefined);
  if (found !== undefined) return found;
  return isOutside(snapshot, parts.length, third ?? second, port) ? null : { ...(parts.length === 2 ? asService : asPod), certain: false };
}

function isOutside(snapshot: Snapshot, labels: number, last: string, port: number): boolean {
  if (topLevel.has(last)) return !snapshot.namespaces.has(last) || labels > 2;
  if (snapshot.namespaces.has(last)) return false;
  if (labels > 2) return countries.has(last) || privateUse.has(last);
  return countries.has(last) && (port === 443 || port === 80);
}

/** The Service of the input that is meant. */
export function serviceOf(snapshot: Snapshot, { name, namespace }: Pick<Inside, 'name' | 'namespace'>): Service | undefined {
  return snapshot.services.find((s) => s.name === name && s.namespace === namespace);
}

/** A sort of pod behind a Service; `replica` is the one pod of it that is meant, null where all are. */
export interface Behind {
  readonly workload: Workload;
  readonly replica: number | null;
}

/** The pods of the input that a Service selects: of those alone whose names begin as `pod` does, where some do, and that pod where its number tells which it is. */
export function selectedBy(snapshot: Snapshot, { selector, namespace }: Service, pod: string | null): readonly Behind[] {
  if (selector === null) return [];
  const all = snapshot.workloads.flatMap((workload): readonly Behind[] => {
    if (workload.namespace !== namespace || workload.lifecycle === 'finished') return [];
    const replica = replicaChosen(selector, workload);
    return replica === undefined ? [] : [{ workload, replica }];
  });
  const named = pod === null ? [] : all.filter(({ workload: w }) => pod.startsWith(`${w.name}-${w.role === null ? '' : `${w.role}-`}`));
  if (pod === null || named.length === 0) return all;
  const meant = named.map(({ workload, replica }) => ({ workload, replica: replica ?? replicaCalled(pod, workload) }));
  const exact = meant.filter(({ replica }) => replica !== null);
  return exact.length > 0 ? exact : meant;
}
