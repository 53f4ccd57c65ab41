import { InputError } from '../errors.ts';

/** What can be wrong with a release; the `code` of the {@link ReleaseError}. */
export type ReleaseProblem =
  /** Nothing is stored under that hash. */
  | 'release-missing'
  /** The manifest names a part that is not there. */
  | 'release-incomplete'
  /** A file is shorter or longer than its manifest says. */
  | 'release-truncated'
  /** A file's bytes are not those that were published. */
  | 'release-altered'
  /** Not a release of this software, or of a format that this version does not know. */
  | 'release-foreign'
  /** The manifest breaks its own schema. */
  | 'release-invalid'
  /** The weights are not those of the architecture. */
  | 'release-mismatch'
  /** Weights that may not be published: missing, of the wrong shape, or not finite. */
  | 'release-refused'
  /** Other bytes are stored already where these should go. */
  | 'release-conflict';

/** A release that must not be used. It names the file and the remedy. */
export class ReleaseError extends InputError {
  override readonly name: string = 'ReleaseError';

  /** @param file as stored: `manifest.json`, `core.bin`, or with its prefix. */
  constructor(code: ReleaseProblem, file: string, problem: string, remedy: string, cause?: unknown) {
    super({ code, input: file, problem, remedy, cause });
  }
}
