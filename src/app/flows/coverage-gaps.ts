import type { FlowCoverage } from '../../model/flow-coverage.ts';
import type { FlowGap } from '../../model/flow-report.ts';

/** What the records themselves leave unsaid. */
export function coverageGaps(coverage: FlowCoverage): readonly FlowGap[] {
  const { bad, lost, nameless, clockBack, clockAhead, flows, unsureInitiator } = coverage;
  const gaps: (FlowGap | false)[] = [
    flows === 0 && { what: 'no flow was read', count: 0, mend: 'Give flows: hubble observe -o json, logs of the exporter, flow logs of Calico or of a cloud.' },
    bad > 0 && { what: 'lines that could not be read', count: bad, mend: 'They are named above; what they would have told is missing here.' },
    lost > 0 && {
      what: 'events that the recorder lost',
      count: lost,
      mend: 'Larger ring buffers (hubble.eventBufferCapacity), or fewer events (an allow list of the exporter). What was lost may be what is looked for.',
    },
    nameless > 0 && {
      what: 'flows that name neither end',
      count: nameless,
      mend: 'A field mask of the exporter leaves out source and destination: put them in.',
    },
    unsureInitiator > 0 && {
      what: 'flows whose record does not say which end dialled',
      count: unsureInitiator,
      mend: 'Ports told where they could. AWS: log tcp-flags (version 3). Hubble: leave is_reply in the field mask.',
    },
    clockBack > 0 && {
      what: 'flows more than a minute before the latest of their node',
      count: clockBack,
      mend: 'Files were given out of order, or a clock was set back. What is counted by time may be off.',
    },
    clockAhead > 0 && { what: 'flows from the future', count: clockAhead, mend: 'A clock runs ahead. Windows that end now leave them out.' },
  ];
  return gaps.filter((gap) => gap !== false);
}
