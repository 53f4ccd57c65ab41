import { expect, it } from 'vitest';
import { personRaters, rankRaters } from './rater-ids.ts';

it('makes ids that a URL can hold, all different', () => {
  const ids = personRaters(['Person1_Amira', 'Zoë/2', 'zoe 2', '测', '__']).map(({ id }) => id);
  expect(ids).toEqual(['person1-amira', 'zoe-2', 'zoe-2-2', 'reader', 'reader-2']);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
});

it('names ranks by their size', () => {
  expect(rankRaters(3)).toEqual([
    { id: 'rank-1', title: 'Smallest outline' },
    { id: 'rank-2', title: 'Outline 2 of 3 by area' },
    { id: 'rank-3', title: 'Largest outline' },
  ]);
});
