import { describe, expect, it } from 'vitest';
import { negotiate } from './negotiate.ts';

const OFFERED = ['application/json', 'image/png'] as const;

describe('negotiate', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'image/png'],
    ['image/*', 'image/png'],
    ['IMAGE/PNG', 'image/png'],
    ['text/html, image/png;q=0.5, */*;q=0.1', 'image/png'],
    ['application/json;q=0.4, image/png;q=0.5', 'image/png'],
    ['application/json;q=0, */*', 'image/png'],
    ['text/html,application/xhtml+xml,image/png;q=0.8', 'image/png'],
  ])('%s gives %s', (accept, expected) => {
    expect(negotiate(accept, OFFERED)).toBe(expected);
  });

  it.each(['text/html', '', 'image/png;q=0', 'application/dicom', 'image/png;q=abc'])(
    '%s is refused',
    (accept) => {
      expect(() => negotiate(accept, OFFERED)).toThrow(expect.objectContaining({ kind: 'not-acceptable' }));
    },
  );
});
