import type { Provenance } from '@d-persona/shared/contract/provenance.ts';
import type { OpenCase } from '../case/open-case.ts';
import { SOFTWARE } from '../version.ts';

/** What an answer was made with. */
export function provenance({ release, seed, id }: OpenCase): Provenance {
  return { release, seed, software: SOFTWARE, case: id };
}

/** The same as headers, for an answer that is a picture. */
export function provenanceHeaders(open: OpenCase, persona: string): Record<string, string> {
  const { release, seed, software, case: id } = provenance(open);
  return {
    'd-persona-release': release,
    'd-persona-persona': persona,
    'd-persona-seed': String(seed),
    'd-persona-software': software,
    'd-persona-case': id,
  };
}
