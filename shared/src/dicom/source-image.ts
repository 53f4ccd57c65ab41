import type { WritableDataSet } from './write-dataset.ts';

/** A frame of a source, as objects that are derived from it refer to it and lie on it. */
export interface SourceFrame {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** 1-based within its instance. */
  readonly frameNumber: number;
  /**
   * Millimetres between the centres of adjacent rows, and of adjacent columns (PS3.3 10.7.1.3). In the patient, or
   * for a projection at the detector; undefined where the image does not say.
   */
  readonly pixelSpacing?: readonly [row: number, column: number] | undefined;
  /** Direction cosines of a row and a column (PS3.3 C.7.6.2): 6 numbers. */
  readonly imageOrientationPatient?: readonly number[] | undefined;
  /** Centre of the first pixel, millimetres: 3 numbers. */
  readonly imagePositionPatient?: readonly number[] | undefined;
  /** Millimetres. */
  readonly sliceThickness?: number | undefined;
}

/** An instance or a series that was sent: what objects derived from it take over. Its frames are in order of position. */
export interface SourceImage {
  /** Number of rows and columns of every frame. */
  readonly rows: number;
  readonly columns: number;
  readonly modality: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid?: string | undefined;
  /** The instances have a Number of Frames attribute, so that references to them name frames (PS3.3 10.3). */
  readonly multiFrame: boolean;
  /** Values of the patient module (PS3.3 C.7.1.1), taken over as they are. */
  readonly patient: WritableDataSet;
  /** Values of the general study and patient study modules (PS3.3 C.7.2.1, C.7.2.2), taken over as they are. */
  readonly study: WritableDataSet;
  /** Values about the series that derived objects repeat, such as Position Reference Indicator and Laterality. */
  readonly series: WritableDataSet;
  readonly frames: readonly SourceFrame[];
}
