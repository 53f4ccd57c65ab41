import dcmjs from 'dcmjs';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTES, type Keyword, type Vr } from './attributes.ts';
import { dcmdump } from './validators.fixtures.ts';
import { type WritableDataSet, writeFile } from './write-dataset.ts';

const SOFTWARE = { name: 'd-persona', version: '1.2.3' };
const IDENTITY = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4', SOPInstanceUID: '2.25.1' };

const printable = fc.string({ unit: fc.constantFrom(...'ABC xyz019äß→漢é^'), maxLength: 40 });
const trimmed = printable.map((text) => text.trim());
const uid = fc.array(fc.nat(), { minLength: 1, maxLength: 5 }).map((parts) => `1.2.${parts.join('.')}`);
const decimal = fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => Number(value.toPrecision(8)));
const list = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 6 });

const VALUES: Partial<Record<Vr, fc.Arbitrary<unknown>>> = {
  DS: list(decimal),
  FD: list(fc.double({ noNaN: true, noDefaultInfinity: true })),
  IS: list(fc.integer()),
  LO: list(trimmed.filter((text) => text !== '')),
  OB: fc.uint8Array({ maxLength: 31 }),
  PN: list(trimmed.filter((text) => text !== '')),
  ST: trimmed,
  UI: list(uid),
  UL: list(fc.nat()),
  US: list(fc.nat(0xffff)),
  UT: trimmed,
};

const TAKEN: readonly string[] = ['SpecificCharacterSet', ...Object.keys(IDENTITY)];
const keywords = (Object.keys(ATTRIBUTES) as Keyword[]).filter(
  (keyword) => ATTRIBUTES[keyword][0] > 0x00080000 && !TAKEN.includes(keyword),
);
const flat = keywords.filter((keyword) => VALUES[ATTRIBUTES[keyword][1]] !== undefined);
const sequences = keywords.filter((keyword) => ATTRIBUTES[keyword][1] === 'SQ');

/** Data sets of random attributes, nested three deep. */
function someDataSet(depth: number): fc.Arbitrary<WritableDataSet> {
  const plain = fc
    .uniqueArray(fc.constantFrom(...flat), { maxLength: 6 })
    .chain((names) =>
      fc.record(
        Object.fromEntries(names.map((name) => [name, VALUES[ATTRIBUTES[name][1]] as fc.Arbitrary<unknown>])),
      ),
    );
  if (depth === 0) return plain as fc.Arbitrary<WritableDataSet>;
  return fc
    .tuple(plain, fc.constantFrom(...sequences), fc.array(someDataSet(depth - 1), { maxLength: 2 }))
    .map(([values, name, items]) => ({ ...values, [name]: items }) as WritableDataSet);
}

function hexTag(keyword: Keyword): string {
  return ATTRIBUTES[keyword][0].toString(16).padStart(8, '0');
}

const asList = (value: unknown) => (Array.isArray(value) ? value : [value]);
const utf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Compares what dicom-parser reads with what was written, value by value. */
function expectParsed(read: dicomParser.DataSet, written: WritableDataSet): void {
  for (const keyword of Object.keys(written) as Keyword[]) {
    const [, vr] = ATTRIBUTES[keyword];
    const name = `x${hexTag(keyword)}`;
    const element = read.elements[name];
    expect(element?.length ?? 1).toSatisfy((length: number) => length % 2 === 0);
    const value = written[keyword];
    if (element === undefined) throw new Error(`${keyword} is missing`);
    const bytes = read.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
    if (vr === 'SQ') {
      const items = element.items ?? [];
      expect(items.length).toBe((value as WritableDataSet[]).length);
      items.forEach((item, i) => {
        expectParsed(item.dataSet as dicomParser.DataSet, (value as WritableDataSet[])[i] ?? {});
      });
    } else if (vr === 'US') {
      expect(asList(value).map((_, i) => read.uint16(name, i))).toEqual(asList(value));
    } else if (vr === 'UL') {
      expect(asList(value).map((_, i) => read.uint32(name, i))).toEqual(asList(value));
    } else if (vr === 'FD') {
      expect(asList(value).map((_, i) => read.double(name, i))).toEqual(asList(value));
    } else if (vr === 'DS' || vr === 'IS') {
      expect(utf8(bytes).split('\\').map(Number)).toEqual(asList(value).map((number) => number + 0));
    } else if (vr === 'OB') {
      expect([...bytes.subarray(0, (value as Uint8Array).length)]).toEqual([...(value as Uint8Array)]);
    } else {
      expect(utf8(bytes).replace(/[ \0]$/, '')).toBe(asList(value).join('\\'));
    }
  }
  const inFile = Object.values(read.elements).sort((a, b) => a.dataOffset - b.dataOffset);
  expect(inFile.map(({ tag }) => tag)).toEqual(Object.keys(read.elements).sort());
}

describe('writing a file', () => {
  it('takes every integer that an IS can hold, and no other', () => {
    const file = (value: number) => writeFile({ ...IDENTITY, NumberOfContourPoints: [value] }, SOFTWARE);
    for (const value of [-(2 ** 31), 2 ** 31 - 1]) {
      expect(dicomParser.parseDicom(file(value)).string('x30060046')).toBe(String(value));
    }
    for (const value of [-(2 ** 31) - 1, 2 ** 31, 0.5]) expect(() => file(value)).toThrow(RangeError);
  });

  it('is read back by dicom-parser with the same values, in the order of tags, with even lengths', () => {
    fc.assert(
      fc.property(someDataSet(3), (dataSet) => {
        const file = writeFile({ ...dataSet, ...IDENTITY }, SOFTWARE);
        const read = dicomParser.parseDicom(file);
        expectParsed(read, dataSet);
        expect(read.string('x00020010')).toBe('1.2.840.10008.1.2.1');
        expect(read.string('x00080005')).toBe('ISO_IR 192');
        const first = read.elements.x00080005?.dataOffset as number;
        expect(read.uint32('x00020000')).toBe(first - 8 - (128 + 4 + 12));
      }),
      { numRuns: 200 },
    );
  });

  it('is read by dcmjs and dcmdump, with text beyond ASCII', () => {
    const file = writeFile(
      {
        ...IDENTITY,
        PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
        PatientBirthDate: '',
        PixelSpacing: [0.488281, 1 / 3],
        DimensionIndexPointer: 0x0062000b,
        SegmentSequence: [{ SegmentNumber: 1, SegmentLabel: 'nodule' }],
        SegmentedPropertyTypeCodeSequence: [{ CodeMeaning: 'Läsion' }],
        ReferencedStudySequence: [],
        PixelData: Uint8Array.of(1, 2, 3),
      },
      SOFTWARE,
    );
    dcmjs.log.setLevel('error');
    const { dict, meta } = dcmjs.data.DicomMessage.readFile(file.buffer);
    expect(meta['00020013']?.Value).toEqual(['d-persona 1.2.3']);
    expect(dict['00280030']?.Value).toEqual([0.488281, 0.333333333333333]);
    expect(dict['00620002']?.Value).toMatchObject([
      { '00620004': { vr: 'US', Value: [1] }, '00620005': { vr: 'LO', Value: ['nodule'] } },
    ]);
    const dump = dcmdump(file).join('\n');
    expect(dump).not.toMatch(/^[EWF]:/m);
    expect(dump).toContain('(0010,0010) PN [Yamada^Tarou=山田^太郎=やまだ^たろう]');
    expect(dump).toContain('(0008,0104) LO [Läsion]');
    expect(dump).toContain('(0020,9165) AT (0062,000b)');
    expect(dump).toContain('(0010,0030) DA (no value available)');
    expect(dump).toContain('(7fe0,0010) OB 01\\02\\03\\00');
  });

  it('refuses what a representation cannot hold', () => {
    const write = (dataSet: WritableDataSet) => () => writeFile({ ...IDENTITY, ...dataSet }, SOFTWARE);
    expect(write({ Rows: 65536 })).toThrow(RangeError);
    expect(write({ Rows: -1 })).toThrow(RangeError);
    expect(write({ NumberOfFrames: 1.5 })).toThrow(RangeError);
    expect(write({ SliceThickness: Number.NaN })).toThrow(RangeError);
    expect(write({ SegmentLabel: 'a\\b' })).toThrow('backslash');
    expect(write({ SegmentDescription: 'x'.repeat(70_000) })).toThrow('SegmentDescription');
    expect(() => writeFile({ Rows: 1 }, SOFTWARE)).toThrow('SOP class');
  });
});
