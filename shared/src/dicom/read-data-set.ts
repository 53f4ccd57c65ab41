import { ByteCursor, EndOfBytes } from './byte-cursor.ts';
import { DataSet, type Element, type Encoding } from './dataset.ts';
import { dicomError, malformed } from './dicom-problem.ts';
import { type Tag, tagOf, vrOf } from './dictionary.ts';

/** Sequences within sequences: the deepest templates of PS3.16 stay far below. */
const MAX_DEPTH = 32;
/** Elements of one object, at some 100 bytes of memory each. */
const MAX_ELEMENTS = 250_000;

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const TRAILING_PADDING = 0xfffcfffc;
const PIXEL_DATA = tagOf('PixelData');

/** Value representations with a 16-bit length; all others, future ones too, have 32 bits (PS3.5 7.1.2). */
const SHORT: ReadonlySet<string> = new Set(
  'AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' '),
);

interface State {
  readonly encoding: Encoding;
  /** Where in the file we are, outermost first, for errors. */
  readonly path: Tag[];
  elements: number;
}

interface Ending {
  /** Stop at an Item Delimitation Item, which must come: the length is undefined. */
  readonly delimited: boolean;
  /** Stop before an element of which this is true. */
  readonly before?: (tag: Tag) => boolean;
}

/**
 * Reads a data set from a cursor up to the end of its bytes (PS3.5 7). Values are views of the bytes.
 *
 * @param explicit whether value representations are written out.
 * @param before where to stop: the first element that is not of the meta header, for example.
 * @throws InputError `malformed-dicom` that names the attribute, `dicom-too-large` for too many elements.
 */
export function readDataSet(
  cursor: ByteCursor,
  explicit: boolean,
  encoding: Encoding,
  before?: (tag: Tag) => boolean,
): DataSet {
  const state: State = { encoding, path: [], elements: 0 };
  try {
    return readElements(cursor, explicit, state, [], { delimited: false, ...(before && { before }) });
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
    throw malformed(encoding.name, state.path.at(-1), 'is cut off: the bytes end before its value does');
  }
}

function readElements(
  cursor: ByteCursor,
  explicit: boolean,
  state: State,
  characterSets: readonly string[],
  { delimited, before }: Ending,
): DataSet {
  const elements = new Map<Tag, Element>();
  // Items take over the character set, which comes before them: elements are in the order of their tags.
  const own = () => new DataSet(elements, state.encoding, characterSets);
  let sets: readonly string[] | undefined;
  while (delimited || cursor.left > 0) {
    if (!delimited && isPadding(cursor)) break;
    const tag = cursor.peekTag();
    if (before?.(tag)) break;
    if (tag === ITEM_END && delimited) {
      cursor.at += 8;
      break;
    }
    state.path.push(tag);
    if (++state.elements > MAX_ELEMENTS) throw tooMany(state.encoding.name);
    if (elements.has(tag)) throw malformed(state.encoding.name, tag, 'stands twice');
    sets ??= tag > tagOf('SpecificCharacterSet') ? own().characterSets : undefined;
    const element = readElement(cursor, explicit, state, sets ?? characterSets);
    if (tag !== TRAILING_PADDING) elements.set(tag, element);
    state.path.pop();
  }
  return own();
}

/** Zeros to the end, which some archives add. */
function isPadding(cursor: ByteCursor): boolean {
  if (cursor.left >= 8 && cursor.peekTag() !== 0) return false;
  return cursor.bytes.subarray(cursor.at).every((byte) => byte === 0);
}

function readElement(
  cursor: ByteCursor,
  explicit: boolean,
  state: State,
  characterSets: readonly string[],
): Element {
  const { name } = state.encoding;
  const tag = cursor.tag();
  if (tag >>> 16 === 0xfffe) throw malformed(name, state.path.at(-2), 'holds an item where none may be');
  const vr = explicit ? readVr(cursor, tag, name) : (vrOf(tag) ?? 'UN');
  const length = explicit ? readLength(cursor, vr) : cursor.uint32();
  if (length === UNDEFINED_LENGTH && tag === PIXEL_DATA) {
    return { tag, vr, bytes: NOTHING, fragments: readFragments(cursor, name) };
  }
  if (vr === 'SQ' || length === UNDEFINED_LENGTH) {
    // What is UN and of undefined length is a sequence in implicit VR, whatever the rest is (PS3.5 6.2.2).
    if (vr !== 'SQ' && vr !== 'UN')
      throw malformed(name, tag, `is of undefined length, which ${vr} cannot be`);
    const items = readItems(cursor, length, explicit && vr === 'SQ', state, characterSets);
    return { tag, vr: 'SQ', bytes: NOTHING, items };
  }
  return { tag, vr, bytes: cursor.take(length) };
}

const NOTHING = new Uint8Array(0);

function readVr(cursor: ByteCursor, tag: Tag, name: string): string {
  const vr = cursor.letters();
  if (!/^[A-Z]{2}$/.test(vr)) throw malformed(name, tag, 'has no value representation, in explicit VR');
  return vr;
}

function readLength(cursor: ByteCursor, vr: string): number {
  if (SHORT.has(vr)) return cursor.uint16();
  cursor.at += 2;
  return cursor.uint32();
}

function readItems(
  cursor: ByteCursor,
  length: number,
  explicit: boolean,
  state: State,
  characterSets: readonly string[],
): DataSet[] {
  const { name } = state.encoding;
  const tag = state.path.at(-1);
  if (state.path.length > MAX_DEPTH) {
    throw malformed(name, state.path[0], `holds sequences nested deeper than ${MAX_DEPTH}`);
  }
  const open = length === UNDEFINED_LENGTH;
  const inside = open ? cursor : within(cursor, length);
  const items: DataSet[] = [];
  while (open || inside.left > 0) {
    const marker = inside.tag();
    const itemLength = inside.uint32();
    if (open && marker === SEQUENCE_END) break;
    if (marker !== ITEM) throw malformed(name, tag, 'holds something else than items');
    if (++state.elements > MAX_ELEMENTS) throw tooMany(name);
    const delimited = itemLength === UNDEFINED_LENGTH;
    const item = delimited ? inside : within(inside, itemLength);
    items.push(readElements(item, explicit, state, characterSets, { delimited }));
  }
  return items;
}

/** The next bytes as a cursor of their own, so that what is inside cannot reach out. */
function within(cursor: ByteCursor, length: number): ByteCursor {
  return new ByteCursor(cursor.take(length), cursor.littleEndian);
}

/** The basic offset table and the fragments of encapsulated pixel data (PS3.5 A.4). */
function readFragments(cursor: ByteCursor, name: string): Uint8Array[] {
  const fragments: Uint8Array[] = [];
  for (;;) {
    const marker = cursor.tag();
    const length = cursor.uint32();
    if (marker === SEQUENCE_END) return fragments;
    if (marker !== ITEM) throw malformed(name, PIXEL_DATA, 'holds something else than fragments');
    if (fragments.length > MAX_ELEMENTS) throw tooMany(name);
    fragments.push(cursor.take(length));
  }
}

function tooMany(name: string) {
  return dicomError({
    code: 'dicom-too-large',
    name,
    problem: `has more than ${MAX_ELEMENTS} data elements`,
    remedy: 'Send fewer frames, or leave private attributes out',
  });
}
