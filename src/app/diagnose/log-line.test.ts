import { describe, expect, test } from 'vitest';
import { printerOfFile, unwrapped } from './log-line.ts';

const text = 'ssh: connect to host a port 22: Connection refused';
const esc = String.fromCharCode(27);

describe('what stands around a line comes off', () => {
  test.each([
    ['plain', text, null],
    ['CRI', `2026-11-26T10:00:00.123456789Z stderr F ${text}`, null],
    ['CRI with a zone', `2026-11-26T10:00:00.123456789+01:00 stdout F ${text}`, null],
    ['json-file of Docker', JSON.stringify({ log: `${text}\n`, stream: 'stderr', time: '2026-11-26T10:00:00Z' }), null],
    ['Fluent Bit', JSON.stringify({ date: 1, log: text, kubernetes: { pod_name: 'llm-worker-3' } }), 'llm-worker-3'],
    ['Cloud Logging, text', JSON.stringify({ textPayload: text, resource: { labels: { pod_name: 'llm-worker-3' } } }), 'llm-worker-3'],
    ['Cloud Logging, structured', JSON.stringify({ jsonPayload: { message: text }, resource: { labels: { pod_name: 'llm-worker-3' } } }), 'llm-worker-3'],
    ['structlog', JSON.stringify({ event: text, level: 'error' }), null],
    ['JSON in JSON in CRI', `2026-11-26T10:00:00.1Z stderr F ${JSON.stringify({ log: JSON.stringify({ msg: text }), pod: 'a-1' })}`, 'a-1'],
    ['kubectl logs --prefix', `[pod/llm-worker-3/pytorch] ${text}`, 'llm-worker-3'],
    ['kubetail', `[llm-worker-3 pytorch] ${text}`, 'llm-worker-3'],
    ['torchrun', `[default0]:${text}`, null],
    ['torch', `[rank3]: ${text}`, null],
    ['colours', `${esc}[31m${text}${esc}[0m`, null],
  ])('%s', (_, raw, who) => {
    const read = unwrapped(raw);
    expect([read.texts, read.who?.name ?? null]).toEqual([[text], who]);
  });

  test('stern tells who, and what it writes may be a sentence', () => {
    expect(unwrapped(`llm-worker-3 pytorch ${text}`).who).toEqual({ name: 'llm-worker-3', vouched: false });
    expect(unwrapped(`ml llm-worker-3 pytorch › ${JSON.stringify({ msg: text })}`)).toMatchObject({
      texts: [text],
      who: { name: 'llm-worker-3', vouched: false },
    });
    expect(unwrapped('llm-worker-3 pytorch [rank3]: ValueError: bad')).toMatchObject({
      texts: ['ValueError: bad'],
      who: { name: 'llm-worker-3', vouched: false },
    });
    expect(unwrapped('ml llm-worker-3 pytorch › ValueError: bad')).toMatchObject({ texts: ['ValueError: bad'] });
    for (const raw of [
      'llm-worker-3 pytorch ValueError: bad',
      'ml llm-worker-3 pytorch ValueError: bad',
      'llm-worker-3 pytorch 2026-11-26T10:00:00.1Z ValueError: bad',
    ])
      expect(unwrapped(raw), raw).toMatchObject({ texts: ['ValueError: bad'], who: { name: 'llm-worker-3', vouched: false } });
    for (const raw of ['rank-0 raised ValueError: bad', 'the rank-0 caught ValueError: bad']) expect(unwrapped(raw).texts).toEqual([raw]);
    for (const raw of ['[pod/llm-worker-3/pytorch] ValueError: bad', '[pod/llm-worker-3/pytorch] 2026-11-26T10:00:00.1Z ValueError: bad'])
      expect(unwrapped(raw), raw).toMatchObject({ texts: ['ValueError: bad'], who: { name: 'llm-worker-3', vouched: true } });
    expect(unwrapped('rank-0 waits for a peer')).toMatchObject({ texts: ['rank-0 waits for a peer'], who: { name: 'rank-0', vouched: false } });
  });

  test('kubectl and collectors are believed before what stands in the line', () => {
    const inside = JSON.stringify({ log: text, kubernetes: { pod_name: 'evil-0' } });
    expect(unwrapped(`[pod/llm-worker-3/pytorch] ${inside}`).who).toEqual({ name: 'llm-worker-3', vouched: true });
    expect(unwrapped(JSON.stringify({ log: `[pod/evil-0/x] ${inside}`, pod: 'llm-worker-3' })).who).toEqual({ name: 'llm-worker-3', vouched: true });
    expect(unwrapped(JSON.stringify({ log: inside })).who).toEqual({ name: 'evil-0', vouched: false });
    expect(unwrapped(JSON.stringify({ log: `[pod/evil-0/x] ${text}` })).who).toEqual({ name: 'evil-0', vouched: false });
    expect(unwrapped(`[evil-0 x] ${JSON.stringify({ log: text, pod: 'llm-worker-3' })}`).who).toEqual({ name: 'llm-worker-3', vouched: true });
  });

  test('a traceback in one field is the lines it was', () => {
    const raw = JSON.stringify({ message: 'failed', exception: `Traceback\n  File "a.py"\n${text}` });
    expect(unwrapped(raw).texts).toEqual(['failed', 'Traceback', '  File "a.py"', text]);
  });

  test('JSON that is broken, or says nothing, stays as it is', () => {
    for (const raw of ['{}', '[1]']) expect(unwrapped(raw).texts).toEqual([raw]);
    for (const raw of ['{"log": "x', '{"log": 3}', '{"__proto__": {"log": "x"}}']) expect(unwrapped(raw).texts).toEqual([]);
  });
});

describe('samples that a program prints of its data are no lines of a log', () => {
  test.each([
    ['an object of JSON', JSON.stringify({ text, id: 7, timestamp: '2024-01-01T00:00:00Z' })],
    ['one that a collector wraps', JSON.stringify({ log: `${JSON.stringify({ prompt: text })}\n`, stream: 'stdout' })],
    ['one behind what CRI writes', `2026-11-26T10:00:00.1Z stdout F ${JSON.stringify({ messages: [{ role: 'user', content: text }] })}`],
    ['one that was cut', JSON.stringify({ text: `${text} ${'x'.repeat(100)}` }).slice(0, 90)],
    ['a list of turns', JSON.stringify([{ role: 'user', content: text }])],
    ['a dict of Python', `{'text': '${text}', 'label': 3}`],
    ['a member on a line of its own', `    "content": "${text}",`],
    ['a turn of a conversation', `user: I get ${text}`],
    ['another', `Assistant: that means ${text}`],
    ['a turn of ChatML', `<|im_start|>user ${text}`],
    ['one with a rank', `[rank3]: {"text": "${text}"}`],
  ])('%s', (_, raw) => {
    expect(unwrapped(raw).texts).toEqual([]);
  });

  test.each([
    ['loguru, which writes the line as text', JSON.stringify({ text: `${text}\n`, record: { level: { name: 'ERROR' } } }), text],
    ['what a collector prints over several lines', `    "textPayload": "${text}",`, `    "textPayload": "${text}",`],
    ['a user in the midst of a line', `the user: ${text}`, `the user: ${text}`],
  ])('but %s is one', (_, raw, said) => {
    expect(unwrapped(raw).texts).toEqual([said]);
  });
});

describe('a file tells whose log it is', () => {
  test.each([
    ['llm-worker-3.log', 'llm-worker-3'],
    ['logs/llm-worker-3.log.1.gz', 'llm-worker-3'],
    ['sim-launcher-0-x1y2z.txt', 'sim-launcher-0-x1y2z'],
    ['/var/log/containers/llm-worker-3_ml_pytorch-0123abcd.log', 'llm-worker-3'],
    ['/var/log/pods/ml_llm-worker-3_01234567-89ab-cdef-0123-456789abcdef/pytorch/0.log', 'llm-worker-3'],
    ['llm.log', null],
    ['llm-worker.log', null],
    ['-', null],
  ])('%s', (file, who) => {
    expect(printerOfFile(file)?.name ?? null).toBe(who);
  });
});
