import type { SignatureFamily } from './signature.ts';

/** Look-ups of names, as the C library, Go, curl and Python tell them. Source: getaddrinfo(3); golang net/dnsclient_unix.go; curl lib/strerror.c. */
export const family: SignatureFamily = {
  title: 'Name look-ups',
  signatures: [
    {
      id: 'resolver/temporary-failure',
      subject: 'dns',
      anchor: 'Temporary failure in name resolution',
      pattern: /Temporary failure in name resolution/,
      outcome: 'unanswered',
      proof: 'connect',
      means: 'the resolver did not answer',
      source: 'glibc resolv, EAI_AGAIN',
    },
    {
      id: 'resolver/no-such-name',
      subject: 'dns',
      anchor: 'Name or service not known',
      pattern: /Name or service not known/,
      outcome: 'unknown-name',
      proof: 'hint',
      means: 'the resolver answers that there is no such name; this is no policy, unless a filter on names answers so',
      source: 'glibc resolv, EAI_NONAME',
    },
    {
      id: 'resolver/go-timeout',
      subject: 'dns',
      anchor: 'lookup ',
      pattern:
        /lookup (?<host>[^\s:]{1,255})(?: on [^\s]{1,64})?: (?:read|dial|write) udp [^\n]{1,200}?(?<errno>i\/o timeout|connection refused|operation not permitted)/,
      outcome: 'unanswered',
      proof: 'connect',
      means: 'the resolver did not answer',
      source: 'golang net/dnsclient_unix.go',
    },
    {
      id: 'resolver/curl',
      subject: 'dns',
      anchor: 'Could not resolve host',
      pattern: /Could not resolve host:? (?<host>[^\s;,]{1,255})/,
      outcome: 'unanswered',
      proof: 'hint',
      means: 'a name could not be looked up',
      source: 'curl lib/hostip.c',
    },
    {
      id: 'resolver/nslookup-timeout',
      subject: 'dns',
      anchor: 'no servers could be reached',
      pattern: /connection timed out; no servers could be reached/,
      outcome: 'unanswered',
      proof: 'connect',
      means: 'no resolver could be reached',
      source: 'ISC BIND bin/dig/nslookup.c',
    },
    {
      id: 'resolver/urllib3',
      subject: 'dns',
      anchor: 'NameResolutionError',
      pattern: /NameResolutionError\([^\n]{0,200}?Failed to resolve '(?<host>[^'\s]{1,255})'/,
      outcome: 'unanswered',
      proof: 'hint',
      means: 'a name could not be looked up',
      source: 'urllib3 src/urllib3/exceptions.py',
    },
  ],
};
