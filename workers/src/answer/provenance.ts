import type { Provenance } from '@d-persona/shared/contract/provenance.ts';
import type { OpenCase } from '../case/open-case.ts';
import { SOFTWARE } from '../version.ts';

/** What an answer was made with. */
export function provenance({ release, seed, id, warnings }: OpenCase): Provenance {
  return { release, seed, software: SOFTWARE, case: id, ...warningField(warnings) };
}

/** Only where there is something to be warned of. */
export function warningField(warnings: OpenCase['warnings']): Pick<Provenance, 'warnings'> {
  return warnings.length > 0 ? { warnings: [...warnings] } : {};
}

/** The same as headers, for an answer that is a picture or a DICOM object. @param persona if it is of one */
export function provenanceHeaders(open: OpenCase, persona?: string): Record<string, string> {
  const { release, seed, software, case: id, warnings } = provenance(open);
  return {
    'd-persona-release': release,
    ...(persona === undefined ? {} : { 'd-persona-persona': persona }),
    ...(warnings === undefined ? {} : { 'd-persona-warnings': warnings.join(', ') }),
    'd-persona-seed': String(seed),
    'd-persona-software': software,
    'd-persona-case': id,
  };
}
