import { ProblemError } from '../problem/problem-error.ts';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * The representation the caller likes best among those offered (RFC 9110, 12.5.1). Without an `accept` header, or
 * when the caller has no preference, the first. Of a type's parameters only `profile` tells representations apart.
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
    const value = (name: string) =>
      parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
    const profile = value('profile')?.replaceAll('"', '');
    const quality = value('q');
    return {
      type: profile === undefined || profile === 'seg' ? type : `${type};profile=${profile}`,
      quality: quality === undefined ? 1 : Number(quality) || 0,
    };
  });
}

/** The quality of the most specific range that matches. */
function qualityOf(offered: string, ranges: readonly Range[]): number {
  const [type = ''] = offered.split(';');
  const patterns = [offered, `${type.split('/')[0]}/*`, '*/*'];
  for (const pattern of patterns) {
    const range = ranges.find((candidate) => candidate.type === pattern);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
