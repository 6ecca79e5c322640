import type { SignatureFamily } from './signature.ts';

/**
 * XGBoost: workers dial its tracker, and then each other. What failed stands in lines of its own, from the last to the first: `- [comm.cc:42|10:20:00]: text`.
 * Source: dmlc/xgboost src/collective, and rabit/src before 2.1.
 */
export const family: SignatureFamily = {
  title: 'XGBoost',
  passages: ['xgboost/'],
  signatures: [
    {
      id: 'xgboost/connect',
      subject: 'peers',
      anchor: 'Failed to connect to:',
      pattern: /Failed to connect to:(?<host>[^\s:]{1,253}):(?<port>\d{1,5}) Error:/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a worker of XGBoost could not connect to the tracker, or to another worker',
      versions: 'from 2.1',
      source: 'dmlc/xgboost v2.1.0, v3.0.0, v3.4.1 src/collective/socket.cc, Connect',
    },
    {
      id: 'xgboost/gave-up',
      subject: 'peers',
      anchor: 'Failed to connect to ',
      pattern: /^- \[[a-z_]{1,20}\.(?:cc|h|cu|cuh):\d{1,5}\|[\d:]{5,12}\]: Failed to connect to (?<host>[^\s:]{1,253}):(?<port>\d{1,5})(?!\S)/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a worker of XGBoost could not connect to the tracker, or to another worker',
      versions: 'from 2.1',
      source: 'dmlc/xgboost v2.1.0, v3.0.0, v3.4.1 src/collective/socket.cc, Connect; result.cc, Report',
    },
    {
      id: 'xgboost/tracker',
      subject: 'store',
      anchor: 'Failed to connect to the tracker.',
      pattern: /^- \[[a-z_]{1,20}\.(?:cc|h|cu|cuh):\d{1,5}\|[\d:]{5,12}\]: Failed to connect to the tracker\./,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a worker could not reach the tracker',
      versions: 'from 2.1',
      source: 'dmlc/xgboost v3.4.1 src/collective/comm.cc, ConnectTrackerImpl',
    },
    {
      id: 'xgboost/peer',
      subject: 'peers',
      anchor: 'ailed to connect to ',
      pattern:
        /^- \[[a-z_]{1,20}\.(?:cc|h|cu|cuh):\d{1,5}\|[\d:]{5,12}\]: (?:Failed to connect to peer \d{1,7}|Bootstrap failed to connect to ring next\.|Failed to connect to other workers\.)/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a worker met the tracker, and could not connect to another worker, which listens at a port that the kernel picks',
      versions: 'from 2.1',
      source: 'dmlc/xgboost v3.4.1 src/collective/comm.cc',
    },
    {
      id: 'xgboost/rabit',
      subject: 'store',
      anchor: ' (failed): [',
      pattern: /Connect(?:ing)? to \(failed\): \[(?<host>[^\s\]]{1,253})\]/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a worker could not reach the tracker; this version does not say at which port',
      versions: '1.6 to 2.0',
      source: 'dmlc/xgboost v1.6.2, v1.7.6, v2.0.3 rabit/src/allreduce_base.cc, ConnectTracker',
    },
    {
      id: 'xgboost/rabit-retry',
      subject: 'store',
      anchor: 'Retry connect',
      pattern: /Retry connect(?:ing)? to (?:IP|ip)\(retry time:? \d{1,4}\): \[(?<host>[^\s\]]{1,253})\]/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a worker tries again to reach the tracker, which is not up yet or cannot be reached',
      versions: '1.6 to 2.0',
      source: 'dmlc/xgboost v1.6.2, v1.7.6 rabit/src/allreduce_base.cc, ConnectTracker',
    },
  ],
};
