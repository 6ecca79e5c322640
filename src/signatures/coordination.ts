import type { SignatureFamily } from './signature.ts';

/** JAX and TensorFlow, which meet at one coordination service over gRPC. Source: openxla/xla xla/tsl/distributed_runtime; tensorflow core/distributed_runtime. */
export const family: SignatureFamily = {
  title: 'JAX and TensorFlow',
  passages: ['jax/', 'tpu/', 'tensorflow/'],
  signatures: [
    {
      id: 'coordination/register',
      subject: 'store',
      anchor: 'RegisterTask',
      pattern: /(?:RPC: |while calling )\/[a-z]{1,20}\.CoordinationService\/RegisterTask/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a process could not register with the coordinator, which is process 0: it is not up, or its port is shut',
      source: 'openxla/xla xla/tsl/distributed_runtime/rpc/coordination/grpc_coordination_client.cc',
    },
    {
      id: 'coordination/barrier-of-start',
      subject: 'store',
      anchor: 'Barrier timed out. Id: ',
      pattern: /Barrier timed out\. Id: (?:\[Init\]Wait_for_all_tasks_to_register|PjRT_Client_Connect|WaitForAllTasks)/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'processes never came to the coordinator: they could not reach it, or they ended first; look at their logs',
      source: 'openxla/xla xla/tsl/distributed_runtime/coordination/coordination_service.cc',
    },
    {
      id: 'coordination/session',
      subject: 'waiting',
      anchor: 'CreateSession still waiting for response from ',
      pattern: /CreateSession still waiting for response from worker: \/job:[a-z_]{1,40}\/replica:\d{1,9}\/task:\d{1,9}/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a task of TensorFlow waits for another that does not answer: it is not up, or its port is shut',
      source: 'tensorflow tensorflow/core/distributed_runtime/master.cc',
    },
    {
      id: 'coordination/barrier',
      subject: 'waiting',
      anchor: 'Barrier timed out. Id: ',
      pattern: /Barrier timed out\. Id: [^\s]{1,120}/,
      outcome: 'unclear',
      proof: 'echo',
      means: 'a process waited at a barrier for others, which are stuck or gone: look at those',
      source: 'openxla/xla xla/tsl/distributed_runtime/coordination/coordination_service.cc',
    },
  ],
};
