import { type Code, codeItem, dcm, sct } from '../../codes.ts';
import type { WritableDataSet } from '../../write-dataset.ts';

/** How an item of a report relates to the one it is in (PS3.3 C.17.3.2.4). */
export type Relationship = 'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT';

/** An item of a report's content tree. */
export type ContentItem = WritableDataSet;

function item(type: string, relationship: Relationship, name: Code): ContentItem {
  return { RelationshipType: relationship, ValueType: type, ConceptNameCodeSequence: [codeItem(name)] };
}

/** @param template number of the template (PS3.16) that the content follows, where it begins one. */
export function container(name: Code, content: readonly ContentItem[], template?: string): ContentItem {
  return {
    ...item('CONTAINER', 'CONTAINS', name),
    ContinuityOfContent: 'CONTINUOUS',
    ContentTemplateSequence:
      template === undefined ? undefined : [{ MappingResource: 'DCMR', TemplateIdentifier: template }],
    ContentSequence: content,
  };
}

export function codeContent(
  relationship: Relationship,
  name: Code,
  value: Code,
  content?: readonly ContentItem[],
): ContentItem {
  return {
    ...item('CODE', relationship, name),
    ConceptCodeSequence: [codeItem(value)],
    ContentSequence: content,
  };
}

export function textContent(relationship: Relationship, name: Code, value: string): ContentItem {
  return { ...item('TEXT', relationship, name), TextValue: value };
}

export function uidContent(relationship: Relationship, name: Code, value: string): ContentItem {
  return { ...item('UIDREF', relationship, name), UID: value };
}

/** A reference to an image, or to a frame or segment of one. */
export function imageContent(name: Code, reference: WritableDataSet): ContentItem {
  return { ...item('IMAGE', 'CONTAINS', name), ReferencedSOPSequence: [reference] };
}

/** A quantity and the unit it is measured in (UCUM). */
export interface Quantity {
  readonly name: Code;
  readonly unit: Code;
}

const ucum = (value: string, meaning: string): Code => ({ value, scheme: 'UCUM', meaning });
const MILLIMETRE = ucum('mm', 'millimeter');

export const AREA: Quantity = { name: sct('42798000', 'Area'), unit: ucum('mm2', 'square millimeter') };
export const LONG_AXIS: Quantity = { name: sct('103339001', 'Long Axis'), unit: MILLIMETRE };
export const SHORT_AXIS: Quantity = { name: sct('103340004', 'Short Axis'), unit: MILLIMETRE };

const DERIVATION = dcm('121401', 'Derivation');

/**
 * A measurement (TID 300): to a thousandth for people, in full for programs.
 *
 * @param derivation how it came of other measurements, such as their mean.
 */
export function measurement({ name, unit }: Quantity, value: number, derivation?: Code): ContentItem {
  return {
    ...item('NUM', 'CONTAINS', name),
    MeasuredValueSequence: [
      {
        NumericValue: Number(value.toFixed(3)),
        FloatingPointValue: value,
        MeasurementUnitsCodeSequence: [codeItem(unit)],
      },
    ],
    ContentSequence: derivation && [codeContent('HAS CONCEPT MOD', DERIVATION, derivation)],
  };
}
