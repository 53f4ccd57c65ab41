/** The store did not answer: the same request may succeed in a while. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';

  constructor(cause: unknown) {
    super('The store did not answer', { cause });
  }
}
