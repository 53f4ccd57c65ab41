import { ATTRIBUTES, type Keyword as WrittenKeyword } from './attributes.ts';

/** Group and element as one number: (gggg,eeee) is 0xggggeeee. */
export type Tag = number;

/**
 * Attributes that are read only, by keyword (PS3.6): tag and value representation. `XS` is "US or SS", which Pixel
 * Representation decides (PS3.5 A.1 b); `OX` is "OB or OW".
 */
const READ_ONLY = {
  FileMetaInformationGroupLength: [0x00020000, 'UL'],
  ConversionType: [0x00080064, 'CS'],
  PixelPresentation: [0x00089205, 'CS'],
  FrameType: [0x00089007, 'CS'],
  BodyPartExamined: [0x00180015, 'CS'],
  ImagerPixelSpacing: [0x00181164, 'DS'],
  NominalScannedPixelSpacing: [0x00182010, 'DS'],
  ImageComments: [0x00204000, 'LT'],
  PlanarConfiguration: [0x00280006, 'US'],
  PixelAspectRatio: [0x00280034, 'IS'],
  SmallestImagePixelValue: [0x00280106, 'XS'],
  LargestImagePixelValue: [0x00280107, 'XS'],
  PixelPaddingValue: [0x00280120, 'XS'],
  PixelPaddingRangeLimit: [0x00280121, 'XS'],
  WindowCenter: [0x00281050, 'DS'],
  WindowWidth: [0x00281051, 'DS'],
  RescaleIntercept: [0x00281052, 'DS'],
  RescaleSlope: [0x00281053, 'DS'],
  RescaleType: [0x00281054, 'LO'],
  VOILUTFunction: [0x00281056, 'CS'],
  BurnedInAnnotation: [0x00280301, 'CS'],
  RecognizableVisualFeatures: [0x00280302, 'CS'],
  PixelSpacingCalibrationType: [0x00280a02, 'CS'],
  RedPaletteColorLookupTableDescriptor: [0x00281101, 'XS'],
  GreenPaletteColorLookupTableDescriptor: [0x00281102, 'XS'],
  BluePaletteColorLookupTableDescriptor: [0x00281103, 'XS'],
  RedPaletteColorLookupTableData: [0x00281201, 'OX'],
  GreenPaletteColorLookupTableData: [0x00281202, 'OX'],
  BluePaletteColorLookupTableData: [0x00281203, 'OX'],
  SegmentedRedPaletteColorLookupTableData: [0x00281221, 'OX'],
  SegmentedGreenPaletteColorLookupTableData: [0x00281222, 'OX'],
  SegmentedBluePaletteColorLookupTableData: [0x00281223, 'OX'],
  ModalityLUTSequence: [0x00283000, 'SQ'],
  LUTDescriptor: [0x00283002, 'XS'],
  ModalityLUTType: [0x00283004, 'LO'],
  LUTData: [0x00283006, 'OX'],
  VOILUTSequence: [0x00283010, 'SQ'],
  FrameVOILUTSequence: [0x00289132, 'SQ'],
  PixelValueTransformationSequence: [0x00289145, 'SQ'],
  ExtendedOffsetTable: [0x7fe00001, 'OV'],
  ExtendedOffsetTableLengths: [0x7fe00002, 'OV'],
  FloatPixelData: [0x7fe00008, 'OF'],
  DoubleFloatPixelData: [0x7fe00009, 'OD'],
} as const satisfies Readonly<Record<string, readonly [tag: Tag, vr: string]>>;

const DICTIONARY = { ...ATTRIBUTES, ...READ_ONLY };

/** An attribute that is read or written here, by its name in PS3.6. */
export type Keyword = WrittenKeyword | keyof typeof READ_ONLY;

const BY_TAG: ReadonlyMap<Tag, Keyword> = new Map(
  (Object.keys(DICTIONARY) as Keyword[]).map((keyword) => [DICTIONARY[keyword][0], keyword]),
);

export function tagOf(keyword: Keyword): Tag {
  return DICTIONARY[keyword][0];
}

/** The value representation that the standard gives an attribute; undefined for what is not used here. */
export function vrOf(tag: Tag): string | undefined {
  const keyword = BY_TAG.get(tag);
  return keyword && DICTIONARY[keyword][1];
}

/** How an error names an attribute: "Rows (0028,0010)", or the tag alone where its keyword is not known here. */
export function tagName(tag: Tag): string {
  const hex = tag.toString(16).padStart(8, '0');
  const number = `(${hex.slice(0, 4)},${hex.slice(4)})`;
  const keyword = BY_TAG.get(tag);
  return keyword === undefined ? number : `${keyword} ${number}`;
}
