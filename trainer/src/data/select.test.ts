import { expect, it } from 'vitest';
import { selectNames } from './select.ts';

it.each([
  [null, 'a.x b.x b.y'],
  [['*.x'], 'a.x b.x'],
  [['b*', 'a.x'], 'b.x b.y a.x'],
  [['a.x'], 'a.x'],
])('%j picks %s', (patterns, expected) => {
  expect([...selectNames(['a.x', 'b.x', 'b.y'], patterns, 'data.raters')].join(' ')).toBe(expected);
});

it('says what there is when a pattern fits nothing, and takes a dot literally', () => {
  expect(() => selectNames(['a.x'], ['a_x'], 'data.raters')).toThrow(/data\.raters: a_x.*There are: a\.x/);
});
