import { decodeText } from './character-set.ts';
import { malformed } from './dicom-problem.ts';
import { type Keyword, type Tag, tagOf, vrOf } from './dictionary.ts';

/** A data element as it stands in the file; its value is decoded when it is asked for. */
export interface Element {
  readonly tag: Tag;
  /** As the file says; in implicit VR as the standard says, `UN` where it is not known here. */
  readonly vr: string;
  /** The value field, a view of the file; empty for a sequence and for encapsulated pixels. */
  readonly bytes: Uint8Array;
  /** Of a sequence. */
  readonly items?: readonly DataSet[];
  /** Of encapsulated pixel data (PS3.5 A.4): the basic offset table, then the fragments. */
  readonly fragments?: readonly Uint8Array[];
}

/** What holds for a whole object. */
export interface Encoding {
  /** The file, body or part that the object came in, for errors. */
  readonly name: string;
  readonly littleEndian: boolean;
}

/** Value representations of text without Specific Character Set: no decoding needed (PS3.5 6.1.2.3). */
const ASCII: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UI']);
/** Text of one value, in which a backslash is a character. */
const SINGLE: ReadonlySet<string> = new Set(['LT', 'ST', 'UT', 'UR']);

type Load = (view: DataView, at: number, littleEndian: boolean) => number;

const BINARY: Readonly<Record<string, readonly [size: number, load: Load]>> = {
  US: [2, (view, at, little) => view.getUint16(at, little)],
  SS: [2, (view, at, little) => view.getInt16(at, little)],
  UL: [4, (view, at, little) => view.getUint32(at, little)],
  SL: [4, (view, at, little) => view.getInt32(at, little)],
  FL: [4, (view, at, little) => view.getFloat32(at, little)],
  FD: [8, (view, at, little) => view.getFloat64(at, little)],
  AT: [4, (view, at, little) => view.getUint16(at, little) * 0x10000 + view.getUint16(at + 2, little)],
  OV: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};

/**
 * A parsed data set, or an item of a sequence: values by keyword. An attribute that is absent or has no value (type 2)
 * reads as undefined, or as an empty list. Values that are not what their representation allows throw an InputError
 * that names the attribute; no value is echoed.
 */
export class DataSet {
  readonly elements: ReadonlyMap<Tag, Element>;
  readonly encoding: Encoding;
  /** Specific Character Set, of this item or of the data set it belongs to. */
  readonly characterSets: readonly string[];

  constructor(
    elements: ReadonlyMap<Tag, Element>,
    encoding: Encoding,
    inheritedSets: readonly string[] = [],
  ) {
    this.elements = elements;
    this.encoding = encoding;
    this.characterSets = this.has('SpecificCharacterSet')
      ? this.strings('SpecificCharacterSet')
      : inheritedSets;
  }

  element(keyword: Keyword): Element | undefined {
    return this.elements.get(tagOf(keyword));
  }

  has(keyword: Keyword): boolean {
    return this.element(keyword) !== undefined;
  }

  /** Items of a sequence; none if it is absent. */
  items(keyword: Keyword): readonly DataSet[] {
    return this.element(keyword)?.items ?? [];
  }

  /** The value field as it stands; for LUT data, pixel data and the like. */
  bytes(keyword: Keyword): Uint8Array | undefined {
    const bytes = this.element(keyword)?.bytes;
    return bytes === undefined || bytes.length === 0 ? undefined : bytes;
  }

  /** All values as text, padding taken off; those of no length are ''. */
  strings(keyword: Keyword): string[] {
    const bytes = this.bytes(keyword);
    if (bytes === undefined) return [];
    const vr = this.#vr(keyword);
    const text = decodeText(bytes, ASCII.has(vr) ? [] : this.characterSets);
    if (SINGLE.has(vr)) return [text.replace(/[\0 ]+$/, '')];
    return text.split('\\').map((value) => value.replace(/^[\0 ]+|[\0 ]+$/g, ''));
  }

  /** The first value as text; undefined where there is none or it is empty. */
  string(keyword: Keyword): string | undefined {
    return this.strings(keyword)[0] || undefined;
  }

  /**
   * All values as finite numbers, from text (DS, IS) or binary.
   *
   * @param signed what "US or SS" is in an object of implicit VR: whether Pixel Representation is 1.
   */
  numbers(keyword: Keyword, signed = false): number[] {
    const bytes = this.bytes(keyword);
    if (bytes === undefined) return [];
    const vr = this.#vr(keyword);
    const [size, load] = BINARY[vr === 'XS' ? (signed ? 'SS' : 'US') : vr] ?? [];
    const values =
      size === undefined || load === undefined
        ? this.strings(keyword).map(decimal)
        : this.#binary(keyword, bytes, size, load);
    if (values.every(Number.isFinite)) return values;
    throw malformed(this.encoding.name, tagOf(keyword), `holds no number where ${vr} needs one`);
  }

  /** The first value as a number. */
  number(keyword: Keyword, signed = false): number | undefined {
    return this.numbers(keyword, signed)[0];
  }

  /** The representation in the file, unless that leaves it open. */
  #vr(keyword: Keyword): string {
    const tag = tagOf(keyword);
    const said = this.elements.get(tag)?.vr ?? 'UN';
    return said === 'UN' ? (vrOf(tag) ?? 'UN') : said;
  }

  #binary(keyword: Keyword, bytes: Uint8Array, size: number, load: Load): number[] {
    if (bytes.length % size !== 0) {
      throw malformed(
        this.encoding.name,
        tagOf(keyword),
        `has ${bytes.length} bytes, no multiple of ${size}`,
      );
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: bytes.length / size }, (_, i) =>
      load(view, i * size, this.encoding.littleEndian),
    );
  }
}

function decimal(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
