import { InputError } from '@d-persona/shared/errors.ts';
import { SaxesParser } from 'saxes';

/** A line around or within a nodule, on one slice. */
export interface LidcOutline {
  readonly sopInstanceUid: string;
  /** Image Z position, millimetres; NaN where it is not said. */
  readonly z: number;
  /** TRUE: the nodule is inside; FALSE: what is inside is cut out of it. */
  readonly inclusion: boolean;
  /** Pixels [column, row] of the line, 0-based: the first ones that do not belong to what it encloses. */
  readonly edge: readonly (readonly [x: number, y: number])[];
}

/** What one reader outlined of one nodule. */
export interface LidcNodule {
  readonly id: string;
  readonly outlines: readonly LidcOutline[];
}

/** An annotation file of LIDC-IDRI: readers without a name, in the order of the file. */
export interface LidcReading {
  readonly path: string;
  readonly seriesUid: string;
  readonly readers: readonly (readonly LidcNodule[])[];
  /** Nodules below 3 mm, which are marked by a point and not outlined. */
  readonly points: number;
}

/** An element's content while it is read. */
interface Open {
  readonly name: string;
  text: string;
  readonly children: Open[];
}

const MOST_BYTES = 64 * 2 ** 20;
const DEEPEST = 32;

/** Whether a file begins as XML does. */
export function isXml(bytes: Uint8Array): boolean {
  return /^(\ufeff)?\s*</.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}

/**
 * Reads LIDC-IDRI's XML (`LidcReadMessage`, `readingSession`, `unblindedReadNodule`, `roi`, `edgeMap`). Nothing is
 * resolved outside the file, and entities that XML itself does not define are refused.
 *
 * @returns undefined for XML of another kind, such as that of LIDC's radiographs
 * @throws InputError `broken-xml`
 */
export function readLidcXml(bytes: Uint8Array, name: string): Omit<LidcReading, 'path'> | undefined {
  const root = parse(bytes, name);
  if (root.name !== 'LidcReadMessage') return undefined;
  const header = child(root, 'ResponseHeader');
  const seriesUid = text(header, 'SeriesInstanceUid') || text(header, 'SeriesInstanceUID');
  if (!/^[0-9.]{1,64}$/.test(seriesUid)) throw broken(name, 'names no series (SeriesInstanceUid)');
  let points = 0;
  const readers = children(root, 'readingSession').map((session) =>
    children(session, 'unblindedReadNodule').flatMap((nodule): LidcNodule[] => {
      const outlines = children(nodule, 'roi').map((roi) => outlineOf(roi, name));
      if (outlines.length === 1 && outlines[0]?.edge.length === 1) {
        points++;
        return [];
      }
      const lines = outlines.filter(({ edge }) => edge.length > 2);
      return lines.length > 0 ? [{ id: text(nodule, 'noduleID'), outlines: lines }] : [];
    }),
  );
  return { seriesUid, readers, points };
}

function outlineOf(roi: Open, name: string): LidcOutline {
  const z = text(roi, 'imageZposition');
  const number = (edge: Open, axis: string) => {
    const value = text(edge, axis);
    if (/^-?\d+$/.test(value)) return Number(value);
    throw broken(name, `has an edge point whose ${axis} is no whole number`);
  };
  return {
    sopInstanceUid: text(roi, 'imageSOP_UID'),
    z: z === '' ? Number.NaN : Number(z),
    inclusion: text(roi, 'inclusion').toUpperCase() !== 'FALSE',
    edge: children(roi, 'edgeMap').map((edge) => [number(edge, 'xCoord'), number(edge, 'yCoord')] as const),
  };
}

function parse(bytes: Uint8Array, name: string): Open {
  if (bytes.length > MOST_BYTES) throw broken(name, `has ${bytes.length} bytes, more than the limit`);
  const parser = new SaxesParser({ xmlns: false });
  const top: Open = { name: '', text: '', children: [] };
  const path: Open[] = [top];
  parser.on('error', (cause) => {
    throw broken(name, 'is no well-formed XML, or needs what is not in it', cause);
  });
  parser.on('opentag', (tag) => {
    if (path.length > DEEPEST) throw broken(name, `has elements more than ${DEEPEST} deep`);
    const open: Open = { name: tag.name, text: '', children: [] };
    path.at(-1)?.children.push(open);
    path.push(open);
  });
  parser.on('closetag', () => {
    path.pop();
  });
  parser.on('text', (content) => {
    const open = path.at(-1);
    if (open !== undefined) open.text += content;
  });
  parser.write(new TextDecoder().decode(bytes)).close();
  const [root] = top.children;
  if (root === undefined) throw broken(name, 'has no element');
  return root;
}

function children(open: Open | undefined, name: string): Open[] {
  return open?.children.filter((inner) => inner.name === name) ?? [];
}

const child = (open: Open | undefined, name: string): Open | undefined => children(open, name)[0];
const text = (open: Open | undefined, name: string): string => child(open, name)?.text.trim() ?? '';

function broken(input: string, problem: string, cause?: unknown): InputError {
  return new InputError({
    code: 'broken-xml',
    input,
    problem,
    remedy: 'Copy the annotation file again from LIDC-IDRI, or remove it',
    cause,
  });
}
