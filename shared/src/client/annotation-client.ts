import {
  type AnnotationList,
  type AnnotationPart,
  type AnnotationReceipt,
  annotationListSchema,
  annotationReceiptSchema,
} from '../contract/annotations.ts';
import { ApiCaller, pathOf } from './api-caller.ts';
import type { Connection, Subject } from './client.ts';
import { mediaTypeOf } from './media-type.ts';

/** Whose outline it is, and the outline as run lengths or, beside an image, as a picture or DICOM object. */
export interface Outline extends AnnotationPart {
  readonly file?: Uint8Array<ArrayBuffer>;
}

/** Readers' own outlines: handed in and withdrawn with the scope `annotate`, listed with the scope `release`. */
export class AnnotationClient {
  readonly #caller: ApiCaller;
  readonly #hospital: string;

  constructor({ hospital, ...endpoint }: Connection) {
    this.#caller = new ApiCaller(endpoint);
    this.#hospital = hospital;
  }

  /** Hands in an outline. However often it has to be sent, it is kept once. */
  async annotate(subject: Subject, { file, ...annotation }: Outline): Promise<AnnotationReceipt> {
    const path = pathOf(this.#hospital, 'annotations');
    if ('case' in subject) {
      return this.#caller.ask(annotationReceiptSchema, 'POST', path, { ...annotation, case: subject.case });
    }
    const form = new FormData();
    form.set('annotation', JSON.stringify(annotation));
    form.set('image', blobOf(subject.image, subject.name), subject.name);
    if (file !== undefined) form.set('mask', blobOf(file, 'mask'), 'mask');
    const response = await this.#caller.call({ method: 'POST', path, body: form });
    return annotationReceiptSchema.parse(await response.json());
  }

  /** @param after `changed` of the last one that is known */
  list(after = 0): Promise<AnnotationList> {
    const path = `${pathOf(this.#hospital, 'annotations')}?after=${after}`;
    return this.#caller.ask(annotationListSchema, 'GET', path);
  }

  async withdraw(annotation: string): Promise<void> {
    await this.#caller.tell('DELETE', pathOf(this.#hospital, 'annotations', annotation));
  }
}

function blobOf(bytes: Uint8Array, name: string): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mediaTypeOf(bytes, name) });
}
