import type { Snapshot } from '../model/snapshot.ts';
import { emptyAnswers, type InitAnswers } from './init/answers.ts';
import { detect } from './init/detect.ts';
import { type InitQuestion, questionList } from './init/questions.ts';
import { zoneText } from './init/zone-text.ts';

/** What a cluster's manifests say about the zone that somebody would want for it. Whatever cannot be told is left at its default. */
export function detectAnswers(snapshot: Snapshot): InitAnswers {
  return detect(snapshot);
}

/** The questions of `init`, with what was detected (or the plain default) as the answer that counts when none is given. */
export function initQuestions(detected: InitAnswers = emptyAnswers): readonly InitQuestion[] {
  return questionList(detected);
}

/**
 * A commented zone.yaml in which every default is shown. Answers are texts as typed, keyed by question id; a missing one takes the detected answer or the
 * default. The text always parses as YAML; whether the answers make sense is for `parseZone` to say, at their place in it.
 */
export function proposeZone(answers: Partial<InitAnswers>, detected: InitAnswers = emptyAnswers): string {
  return zoneText({ ...detected, ...answers });
}
