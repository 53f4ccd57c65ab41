import { expect, it } from 'vitest';
import { algorithmParameters } from './algorithm.ts';
import { answerOn, sourceOf } from './answer.fixtures.ts';

it('names what a segment depended on, so that it can be taken apart', () => {
  const answer = answerOn(sourceOf({ kind: 'CT' }));
  const request = { seed: 7, region: { x: 3, y: 4.5, w: undefined }, note: 'a=b, c' };
  const [segment] = answer.segments as [(typeof answer.segments)[number]];
  expect(algorithmParameters({ ...answer, request }, segment)).toBe(
    `seed=7,region.x=3,region.y=4.5,note=a b  c,segment=persona/rank-1,release=${'ab'.repeat(32)}`,
  );
});
