import type { DatasetCard } from '@d-persona/trainer/data/dataset-card.ts';

/** One archive of the sample, as it was made. */
export interface Shipped {
  readonly file: string;
  readonly bytes: number;
  readonly images: number;
  readonly patients: number;
  readonly raters: number;
  /** SHA-256 over the files of the dataset that it was cut from. */
  readonly source: string;
}

export const LIDC_CARD = {
  name: 'LIDC-IDRI, 64 × 64 sample',
  licence: 'CC BY 3.0',
  attribution:
    'Armato SG III et al.: The Lung Image Database Consortium (LIDC) and Image Database Resource Initiative (IDRI): a completed reference database of lung nodules on CT scans. Medical Physics 38 (2011) 915-931. The authors acknowledge the National Cancer Institute and the Foundation for the National Institutes of Health, and their critical role in the creation of the free publicly available LIDC/IDRI Database used in this study.',
  kind: 'rank',
  modality: 'CT',
} as const satisfies DatasetCard;

export const BU_BIL_CARD: DatasetCard = {
  name: 'BU-BIL cells, 64 × 64 sample',
  licence: '© Boston University 2014, BSD-style',
  attribution:
    'Gurari D et al.: How to collect segmentations for biomedical images? A benchmark evaluating the performance of experts, crowdsourced non-experts, and algorithms. IEEE Winter Conference on Applications of Computer Vision (WACV) 2015.',
  kind: 'person',
};

/** The text of `ATTRIBUTION.md`. */
export function attribution([nodules, cells]: readonly Shipped[], args: string): string {
  const row = (shipped: Shipped | undefined) =>
    shipped &&
    `| \`${shipped.file}\` | ${shipped.images} | ${shipped.patients} | ${shipped.raters} | ${shipped.bytes} | \`${shipped.source}\` |`;
  return `# Where the sample comes from

Made by \`node scripts/make-sample.ts --lidc <LIDC-IDRI-slices> --bu-bil <BU-BIL> ${args}\`. Nothing in it is synthetic.

| file | images | patients | readers | bytes | SHA-256 of the dataset it was cut from |
|---|---|---|---|---|---|
${[row(nodules), row(cells)].join('\n')}

Each archive holds a \`dataset.json\` with licence and attribution, which is carried into every release that is trained on it.

## \`lidc-idri-64.zip\`: lung nodules in CT

**Source.** LIDC-IDRI, from The Cancer Imaging Archive, in the public "LIDC-IDRI-slices" form: 128 × 128 pixels around each nodule, 8 bits, up to four masks by anonymous readers.

**Licence.** Creative Commons Attribution 3.0 (<https://creativecommons.org/licenses/by/3.0/>).

**Attribution.** ${LIDC_CARD.attribution}

**Changes.** Slices that all four readers outlined; patients drawn at random, of each at most as many slices as the argument says, evenly spread over the nodules; the central 64 × 64 pixels, not resampled; slices whose outlines reach beyond them left out. Masks keep their slots, which name no reader: slot k is another person in another case.

## \`bu-bil-64.zip\`: cells in microscopy

**Source.** BU-BIL, sets D1, D2A and D3: 256 × 256 pixels; five people outlined every image with two tools each. A person and a tool together are one reader here. The source does not say whether a person of one set is the one of the same number in another.

**Licence.** © Boston University 2014, BSD-style.

**Attribution.** ${BU_BIL_CARD.attribution}

**Changes.** All images and masks shrunk to 64 × 64 (triangle filter; a mask pixel is set where at least half of it was).
`;
}
