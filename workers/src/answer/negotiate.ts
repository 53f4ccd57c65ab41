import { ProblemError } from '../problem/problem-error.ts';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * The representation the caller likes best among those offered (RFC 9110, 12.5.1). Without an `accept` header, or
 * when the caller has no preference, the first.
 *
 * @param accept the header
 * @param offered media types in the server's order of preference
 * @throws ProblemError 406
 */
export function negotiate<T extends string>(accept: string | undefined, offered: readonly T[]): T {
  const ranges = parse(accept ?? '*/*');
  const rated = offered.map((type) => ({ type, quality: qualityOf(type, ranges) }));
  const best = rated.reduce((a, b) => (b.quality > a.quality ? b : a));
  if (best.quality > 0) return best.type;
  throw new ProblemError(
    'not-acceptable',
    `accept: this answer comes as ${offered.join(' or ')} only. Ask for that.`,
  );
}

function parse(accept: string): Range[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
  });
}

/** The quality of the most specific range that matches. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const patterns = [type, `${type.split('/')[0]}/*`, '*/*'];
  for (const pattern of patterns) {
    const range = ranges.find((candidate) => candidate.type === pattern);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
