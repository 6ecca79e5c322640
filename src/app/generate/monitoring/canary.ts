import type { TrainingZone } from '../../../spec/zone.ts';
import type { DraftObject } from '../objects.ts';
import { zoneLabels } from '../objects.ts';
import { affinity, tolerations } from '../scheduling.ts';
import { canaryName } from './site.ts';

/** Label by which people find what the canary made. */
const canaryLabel = 'ringfence.dev/canary';

/**
 * What the canary runs: 0 only when the API server, whose address every pod has in its environment, could not be reached. 1: it got through; 2: it could not
 * tell. It trusts its tools no further than it tries them: a listener of its own that says nothing must count as reached, a port that is shut must not, since
 * versions of nc differ over -z, over what -w means and over what they return. Needs sh, nc, timeout and sleep of BusyBox (tried with 1.35).
 */
export const probe = `set -u
reaches() {
  timeout "$(($3 + 3))" nc -w "$3" "$1" "$2" </dev/null >/dev/null 2>&1
  [ "$?" -ne 1 ]
}
sleep 20 | nc -l -p 8080 >/dev/null 2>&1 &
trap 'kill "$!" 2>/dev/null' EXIT
tries=0
until reaches 127.0.0.1 8080 1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 5 ]; then echo "cannot tell: nc reaches not even this pod"; exit 2; fi
  sleep 1
done
if reaches 127.0.0.1 1 1; then echo "cannot tell: a port that is shut counts as reached"; exit 2; fi
if [ -z "\${KUBERNETES_SERVICE_HOST:-}" ]; then echo "cannot tell: there is no address to try"; exit 2; fi
if reaches "$KUBERNETES_SERVICE_HOST" "\${KUBERNETES_SERVICE_PORT:-443}" 5; then
  echo "connected to $KUBERNETES_SERVICE_HOST: not denied"
  exit 1
fi
echo denied
`;

/** A pod of the namespace that no policy but the default deny is about, every few minutes. Its success is what kube-state-metrics tells of; it needs to reach nobody for that. */
export function canaryObjects(zone: TrainingZone): readonly DraftObject[] {
  const canary = zone.spec.monitoring?.canary ?? null;
  if (canary === null) return [];
  const { namespace, nodes } = zone.spec;
  const labels = { ...zoneLabels(zone), [canaryLabel]: 'true' };
  return [
    {
      file: 'canary.yaml',
      about: [
        'Tries to reach the API server from a pod without any right, and succeeds when it is refused. It needs no policy: that none lets it out is the point.',
        'Alerts canary-not-denied and canary-silent rest on its outcome, as kube-state-metrics tells it.',
      ],
      body: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: canaryName, namespace: namespace.name, labels },
        spec: {
          schedule: `*/${canary.minutes} * * * *`,
          concurrencyPolicy: 'Forbid',
          startingDeadlineSeconds: 60,
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 1,
          jobTemplate: {
            metadata: { labels },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: 90,
              template: {
                metadata: { labels },
                spec: {
                  restartPolicy: 'Never',
                  automountServiceAccountToken: false,
                  enableServiceLinks: false,
                  ...(nodes === null ? {} : { affinity: affinity(nodes), ...tolerations(nodes) }),
                  securityContext: { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534, seccompProfile: { type: 'RuntimeDefault' } },
                  containers: [
                    {
                      name: 'probe',
                      image: canary.image,
                      command: ['sh', '-c', probe],
                      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
                      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
                    },
                  ],
                },
              },
            },
          },
        },
      },
    },
  ];
}
