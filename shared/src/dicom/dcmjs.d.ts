/** The part of dcmjs that tests use. */
declare module 'dcmjs' {
  /** A data set with values by keyword; sequences are arrays, or a data set where they have one item. */
  export type Naturalized = Record<string, unknown>;
  interface DicomDict {
    meta: Record<string, { vr: string; Value: unknown[] }>;
    dict: Record<string, { vr: string; Value: unknown[] }>;
  }
  const dcmjs: {
    data: {
      DicomMessage: { readFile(buffer: ArrayBuffer): DicomDict };
      DicomMetaDictionary: { naturalizeDataset(dict: DicomDict['dict']): Naturalized };
      datasetToDict(dataset: Naturalized): { write(): ArrayBuffer };
      BitArray: { unpack(packed: ArrayBuffer | Uint8Array): Uint8Array };
    };
    normalizers: { Normalizer: { normalizeToDataset(datasets: Naturalized[]): Naturalized } };
    derivations: {
      Segmentation: new (
        datasets: Naturalized[],
      ) => {
        dataset: Naturalized;
        setNumberOfFrames(frames: number): void;
        addSegment(segment: Naturalized, pixels: Uint8Array, referencedFrameNumbers: number[]): void;
        bitPackPixelData(): void;
      };
    };
    log: { setLevel(level: string): void };
  };
  export default dcmjs;
}
