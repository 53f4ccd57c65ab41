import type { z } from 'zod';
import { type Case, caseSchema } from '../contract/cases.ts';
import type { AllPersonasOptions, CaseOptions, PersonaOptions } from '../contract/options.ts';
import { type Personas, personasSchema } from '../contract/personas.ts';
import {
  type AllPersonas,
  allPersonasSchema,
  type PersonaSegmentation,
  personaSegmentationSchema,
} from '../contract/segmentation.ts';
import { mediaTypeOf } from './media-type.ts';
import { type Endpoint, send } from './send.ts';

/** Where the API is, who asks, and in whose name. */
export interface Connection extends Endpoint {
  readonly hospital: string;
}

/** What is asked about: an image in a format that the API takes, or a case that it knows. */
export type Subject = { readonly image: Uint8Array; readonly name: string } | { readonly case: string };

type Options = Readonly<Record<string, string | number | undefined | { readonly [key: string]: unknown }>>;

/** The query string of options; a region is `x,y[,w,h]`. */
function query(options: Options): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    parameters.set(
      name,
      typeof value === 'object'
        ? Object.values(value)
            .filter((part) => part !== undefined)
            .join(',')
        : String(value),
    );
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** The typed client of the HTTP API: the same schemas as the server's, answers checked. Browsers, workerd and Node. */
export class Client {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The personas of the current release. */
  async personas(): Promise<Personas> {
    return this.#json(personasSchema, await this.#send('GET', '/personas'));
  }

  /** Sends an image once; its features, prior and prompts are kept for a while. */
  async createCase(image: Uint8Array, name: string, options: CaseOptions = {}): Promise<Case> {
    return this.#json(caseSchema, await this.#send('POST', `/cases${query(options)}`, { image, name }));
  }

  /** One persona's segmentation. */
  async segmentAs(
    persona: string,
    subject: Subject,
    options: PersonaOptions = {},
  ): Promise<PersonaSegmentation> {
    const path = `/personas/${encodeURIComponent(persona)}/segmentations${query(options)}`;
    return this.#json(personaSegmentationSchema, await this.#send('POST', path, subject));
  }

  /** One persona's segmentation as PNG: mask, overlay or probability. */
  async segmentAsPng(persona: string, subject: Subject, options: PersonaOptions = {}): Promise<Uint8Array> {
    const path = `/personas/${encodeURIComponent(persona)}/segmentations${query(options)}`;
    const response = await this.#send('POST', path, subject, 'image/png');
    return new Uint8Array(await response.arrayBuffer());
  }

  /** All personas, diversified samples, consensus and disagreement. */
  async segmentAll(subject: Subject, options: AllPersonasOptions = {}): Promise<AllPersonas> {
    return this.#json(
      allPersonasSchema,
      await this.#send('POST', `/segmentations${query(options)}`, subject),
    );
  }

  async #send(
    method: string,
    path: string,
    subject?: Subject,
    accept = 'application/json',
  ): Promise<Response> {
    const content =
      subject === undefined
        ? undefined
        : 'case' in subject
          ? { type: 'application/json', body: JSON.stringify({ case: subject.case }) }
          : { type: mediaTypeOf(subject.image, subject.name), body: subject.image };
    return send(this.#connection, {
      method,
      path: `/v1/hospitals/${encodeURIComponent(this.#connection.hospital)}${path}`,
      headers: { accept, ...(content && { 'content-type': content.type }) },
      ...(content && { body: content.body }),
      // Nothing of this stores anything but what the same request would store again.
      repeatable: true,
    });
  }

  async #json<T extends z.ZodType>(schema: T, response: Response): Promise<z.output<T>> {
    return schema.parse(await response.json());
  }
}
