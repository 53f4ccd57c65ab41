import { canonicalJson } from '../../release/canonical-json.ts';
import { sha256 } from '../../release/sha256.ts';
import { uidOfName } from '../uids.ts';
import type { Answer } from './answer.ts';
import type { SegmentFrames } from './frames.ts';

/** Makes the UIDs of an answer's parts. */
export type AnswerUid = (object: string, part: string) => Promise<string>;

/**
 * UIDs that follow from an answer: its release, source, segments and options, the software, and what was drawn. So the
 * same answer has the same UIDs, and two answers that differ in anything never share one.
 */
export async function answerUids(answer: Answer, { frames, pixels }: SegmentFrames): Promise<AnswerUid> {
  const name = {
    release: answer.release.hash,
    property: answer.release.property,
    software: answer.software,
    request: answer.request,
    source: answer.source.frames.map(({ sopInstanceUid, frameNumber }) => [sopInstanceUid, frameNumber]),
    segments: answer.segments.map(({ id, title, kind }) => [id, title, kind]),
    frames: frames.map(({ segment, frame }) => [segment, frame]),
    pixels: await sha256(pixels),
  };
  const digest = await sha256(new TextEncoder().encode(canonicalJson(name)));
  return (object, part) => uidOfName({ answer: digest, object, part });
}
